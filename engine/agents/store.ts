/** Rows of hive.agents and hive.agent_metrics. */
import { loadQueries, type Database } from '../storage/index.ts';
import type { AgentAnswer, AgentStatus, HealthCheck, ListQuery, Registration } from './contract.ts';
import { agentUnknown } from './errors.ts';

const queries = loadQueries(import.meta.dirname, ['claim_due_agents', 'find_agent', 'list_agents', 'record_health', 'silence_agents', 'upsert_agent']);

export interface AgentRow {
  readonly id: string;
  readonly agent_id: string;
  readonly name: string;
  readonly endpoint: string;
  readonly model: string | null;
  readonly specialization: string | null;
  readonly hardware_config: Record<string, unknown> | null;
  readonly capabilities: AgentAnswer['capabilities'];
  readonly performance_targets: AgentAnswer['performance_targets'];
  readonly status: AgentStatus;
  readonly created_at: Date;
  readonly last_seen: Date | null;
  /** bigint, hence text. */
  readonly event_sequence: string;
}

export interface ObservedRow extends AgentRow {
  readonly previous_status: AgentStatus;
}

export interface Observation {
  readonly status: AgentStatus;
  readonly check: HealthCheck;
  /** Whether it may bring an agent back from offline: a check that was answered may, a heartbeat may not. */
  readonly revives: boolean;
  readonly at: Date;
}

export interface AgentStore {
  upsert(registration: Registration, observed: { status: AgentStatus; at: Date }): Promise<AgentRow & { created: boolean }>;
  record(agentId: string, observation: Observation): Promise<ObservedRow>;
  claimDue(at: Date, limits: { intervalMs: number; most: number }): Promise<AgentRow[]>;
  silence(since: Date): Promise<ObservedRow[]>;
  find(agentId: string): Promise<AgentRow>;
  page(query: ListQuery): Promise<AgentRow[]>;
}

function known<T>(row: T | undefined, agentId: string): T {
  if (row === undefined) throw agentUnknown({ agentId });
  return row;
}

/** What an agent is best at. */
const specialisation = ({ capabilities }: Registration) => capabilities.toSorted((a, b) => b.proficiency - a.proficiency)[0]?.name ?? null;

const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));

export function createAgentStore(database: Pick<Database, 'asService'>): AgentStore {
  return {
    upsert: async (registration, { status, at }) => {
      const { agent_id, name, endpoint, model, hardware, capabilities, performance_targets } = registration;
      const columns = [agent_id, name, endpoint, model ?? null, specialisation(registration), json(hardware), json(capabilities), json(performance_targets), status, at];
      return (await database.asService('every', (sql) => sql.one<AgentRow & { created: boolean }>(queries.upsert_agent, columns)))!;
    },
    record: async (agentId, { status, check, revives, at }) =>
      known(
        await database.asService('every', (sql) =>
          sql.one<ObservedRow>(queries.record_health, [agentId, status, check.available, at, JSON.stringify(check), revives, check.timestamp]),
        ),
        agentId,
      ),
    claimDue: (at, { intervalMs, most }) => database.asService('every', (sql) => sql.rows<AgentRow>(queries.claim_due_agents, [at, intervalMs, most])),
    silence: (since) => database.asService('every', (sql) => sql.rows<ObservedRow>(queries.silence_agents, [since])),
    find: async (agentId) => known(await database.asService('every', (sql) => sql.one<AgentRow>(queries.find_agent, [agentId])), agentId),
    page: ({ limit, cursor, status }) => database.asService('every', (sql) => sql.rows<AgentRow>(queries.list_agents, [limit, cursor ?? null, status ?? null])),
  };
}
