import { HiveError, type Clock, type Logger, type Principal } from '../kernel/index.ts';
import type { Compliance } from '../compliance/index.ts';
import type { Events } from '../events/index.ts';
import type { Database, Redis } from '../storage/index.ts';
import { createAnnouncements } from './announcements.ts';
import type { AgentAnswer, Heartbeat, ListQuery, Registration } from './contract.ts';
import { createHealthChecker, type HealthChecker } from './health-checker.ts';
import type { Agents } from './port.ts';
import { healthRecord } from './probe.ts';
import { agentRoutes, type AgentOperations, type AskedBy } from './routes.ts';
import { createStatusCache, performanceOf, type CachedStatus, type StatusCache } from './status-cache.ts';
import { createAgentStore, type AgentRow, type AgentStore } from './store.ts';

export interface AgentsOptions {
  readonly database: Pick<Database, 'asService'>;
  /** As seen by this room: `redisOf('agents', connection)`. */
  readonly redis: Pick<Redis, 'set' | 'mget'>;
  readonly events: Pick<Events, 'publish'>;
  readonly compliance: Pick<Compliance, 'attempt'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Time between two checks of an agent. */
  readonly checkMs: number;
  /** An agent that was not heard of for so long is offline. */
  readonly silenceMs: number;
}

/** The cache is the fresher of the two while it lives; PostgreSQL is right when it is gone. */
function answerOf(row: AgentRow, cached: CachedStatus | undefined): AgentAnswer {
  const { id, agent_id, name, endpoint, model, specialization, capabilities, performance_targets } = row;
  return {
    id, agent_id, name, endpoint, model, specialization, capabilities, hardware: row.hardware_config, performance_targets,
    status: cached?.status ?? row.status,
    created_at: row.created_at.toISOString(),
    last_seen: cached?.last_seen ?? row.last_seen?.toISOString() ?? null,
    performance: cached?.performance ?? null,
  };
}

interface Parts {
  readonly store: AgentStore;
  readonly cache: StatusCache;
  readonly checker: HealthChecker;
  readonly announcements: ReturnType<typeof createAnnouncements>;
}

/** Asks the agent before it is stored: one that cannot be reached is registered as offline. */
async function register({ store, cache, checker, announcements }: Parts, registration: Registration, at: Date) {
  const { agent_id: agentId, endpoint, model = null, performance_targets } = registration;
  const { status, check } = await checker.ask({ agentId, endpoint, model, maxResponseTime: performance_targets?.max_response_time });
  const row = await store.upsert(registration, { status, at });
  await cache.put(row, check);
  await announcements.registered(row);
  return { created: row.created, agent: answerOf(row, { status: row.status, last_seen: null, performance: check.available ? performanceOf(check) : null }) };
}

/** An offline agent that speaks up is asked at once: its word alone does not make it reachable. */
async function heartbeat({ checker }: Parts, { agentId, beat, now }: { agentId: string; beat: Heartbeat; now: number }) {
  const { status, timestamp, ...measured } = beat;
  // An agent whose clock runs ahead must not write rows into the future, where no window would find them.
  const at = Math.min(timestamp === undefined ? now : Date.parse(timestamp), now);
  const check = healthRecord(agentId, { ...measured, timestamp: new Date(at).toISOString(), available: true, source: 'heartbeat' });
  const row = await checker.observe(agentId, { status: status ?? ((measured.active_tasks ?? 0) > 0 ? 'busy' : 'idle'), check, revives: false });
  const settled = row.status === 'offline' ? await checker.check(row) : row;
  return { agent_id: agentId, status: settled.status, last_seen: settled.last_seen?.toISOString() ?? null };
}

function audit(compliance: AgentsOptions['compliance'], { principal, requestId, ipAddress }: AskedBy, agentId: string) {
  const { tenantId, userId } = principal as Principal;
  return compliance.attempt({ tenantId, actorId: userId, action: 'agent.register', resourceKind: 'agents', resourceId: agentId, requestId, ipAddress });
}

export function createAgents(options: AgentsOptions): Agents {
  const { compliance, clock, log } = options;
  const store = createAgentStore(options.database);
  const cache = createStatusCache(options.redis, log);
  const announcements = createAnnouncements(options);
  const checker = createHealthChecker({ ...options, store, cache, announcements });
  const parts = { store, cache, checker, announcements };

  const operations: AgentOperations = {
    register: async (asked, registration) => {
      const attempt = await audit(compliance, asked, registration.agent_id);
      try {
        const registered = await register(parts, registration, new Date(clock.now()));
        await attempt.settle('success', { created: registered.created, status: registered.agent.status });
        return registered;
      } catch (error) {
        await attempt.settle('failure', { code: error instanceof HiveError ? error.code : 'INTERNAL_ERROR' });
        throw error;
      }
    },
    heartbeat: (agentId, beat) => heartbeat(parts, { agentId, beat, now: clock.now() }),
    find: async (agentId: string) => answerOf(await store.find(agentId), (await cache.get([agentId]))[0]),
    list: async (query: ListQuery) => {
      const rows = await store.page(query);
      const page = rows.slice(0, query.limit);
      const statuses = await cache.get(page.map(({ agent_id }) => agent_id));
      return { agents: page.map((row, index) => answerOf(row, statuses[index])), next_cursor: rows.length > query.limit ? (page.at(-1)?.agent_id ?? null) : null };
    },
  };

  return {
    name: 'agents',
    routes: agentRoutes(operations),
    find: operations.find,
    list: operations.list,
    start: async () => checker.start(),
    stop: () => checker.stop(),
  };
}
