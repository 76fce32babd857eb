/**
 * agents: registration, heartbeats, health.
 *
 * Owns: which agents the platform has, how they do, and the health checks that find out.
 * Does not know: tasks, tenants, prompts; who is given work is decided above, by what stands here.
 */
export type * from './port.ts';
export { createAgents, type AgentsOptions } from './agents.ts';
export { agentUnknown } from './errors.ts';
