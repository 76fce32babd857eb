import { defineRoute, type RequestContext, type RouteDefinition } from '../kernel/index.ts';
import {
  agentAnswer, agentPage, agentPath, heartbeatAnswer, heartbeatBody, listQuery, registrationBody, type AgentAnswer, type AgentStatus, type Heartbeat, type ListQuery, type Registration,
} from './contract.ts';
import { agentUnknown } from './errors.ts';

export type AskedBy = Pick<RequestContext, 'principal' | 'requestId' | 'ipAddress'>;

export interface AgentOperations {
  register(asked: AskedBy, registration: Registration): Promise<{ created: boolean; agent: AgentAnswer }>;
  heartbeat(agentId: string, beat: Heartbeat): Promise<{ agent_id: string; status: AgentStatus; last_seen: string | null }>;
  find(agentId: string): Promise<AgentAnswer>;
  list(query: ListQuery): Promise<{ agents: AgentAnswer[]; next_cursor: string | null }>;
}

const manage = { permission: 'agents.manage' };
const view = { permission: 'agents.view' };

export function agentRoutes(agents: AgentOperations): RouteDefinition[] {
  return [
    defineRoute({
      method: 'post', path: '/api/agents', aliases: ['/agents'], operationId: 'registerAgent', summary: 'Register an agent, or change its registration', room: 'agents',
      access: manage, body: registrationBody, errors: [],
      answers: { 201: { description: 'Registered', schema: agentAnswer }, 200: { description: 'It was registered before and is changed', schema: agentAnswer } },
      handle: async ({ body }, context) => {
        const { created, agent } = await agents.register(context, body);
        return { status: created ? 201 : 200, body: agent, headers: { Location: `/api/agents/${agent.agent_id}` } };
      },
    }),
    defineRoute({
      method: 'post', path: '/api/agents/{agent_id}/heartbeat', aliases: ['/agents/{agent_id}/heartbeat'], operationId: 'agentHeartbeat', summary: 'Tell that an agent is alive, and how it does',
      room: 'agents', access: manage, params: agentPath, body: heartbeatBody, errors: [agentUnknown], answers: { 200: { description: 'Noted', schema: heartbeatAnswer } },
      handle: async ({ params, body }) => ({ status: 200, body: await agents.heartbeat(params.agent_id, body) }),
    }),
    defineRoute({
      method: 'get', path: '/api/agents', aliases: ['/agents'], operationId: 'listAgents', summary: 'The agents of the platform, by slug', room: 'agents',
      access: view, query: listQuery, errors: [], answers: { 200: { description: 'A page', schema: agentPage } },
      handle: async ({ query }) => ({ status: 200, body: await agents.list(query) }),
    }),
    defineRoute({
      method: 'get', path: '/api/agents/{agent_id}', aliases: ['/agents/{agent_id}'], operationId: 'getAgent', summary: 'One agent with its status', room: 'agents',
      access: view, params: agentPath, errors: [agentUnknown], answers: { 200: { description: 'The agent', schema: agentAnswer } },
      handle: async ({ params }) => ({ status: 200, body: await agents.find(params.agent_id) }),
    }),
  ];
}
