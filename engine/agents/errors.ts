import { defineError } from '../kernel/index.ts';

export const agentUnknown = defineError<{ agentId: string }>(
  'AGENT_UNKNOWN',
  404,
  ({ agentId }) => `No agent is registered as "${agentId}". Register it with POST /api/agents, or list the known ones with GET /api/agents.`,
);
