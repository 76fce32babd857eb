import type { RouteDefinition, Service } from '../kernel/index.ts';
import type { AgentAnswer, AgentStatus, HealthCheck, ListQuery } from './contract.ts';

export type { AgentAnswer, AgentStatus, HealthCheck };

/** Starting it starts the health checks; they stop when it stops. */
export interface Agents extends Service {
  readonly routes: readonly RouteDefinition[];
  /** By slug. Throws AGENT_UNKNOWN (404). */
  find(agentId: string): Promise<AgentAnswer>;
  list(query: ListQuery): Promise<{ agents: AgentAnswer[]; next_cursor: string | null }>;
}
