/**
 * Checks every agent about once in `checkMs`, whatever the number of engine processes: each claims what is due
 * in the database. Also calls offline what neither answered nor sent a heartbeat for `silenceMs`.
 *
 * When an agent was seen, and when that is too long ago, goes by the injected clock.
 */
import type { Clock, Logger, Timer } from '../kernel/index.ts';
import type { Announcements } from './announcements.ts';
import type { HealthCheck } from './contract.ts';
import { probe, type Probe, type ProbedAgent } from './probe.ts';
import type { StatusCache } from './status-cache.ts';
import type { AgentRow, AgentStore, Observation, ObservedRow } from './store.ts';

/** Checks at one time; the rest of a pass waits. */
const PARALLEL_CHECKS = 8;
/** Claimed in one pass, so that a process that dies takes few with it. */
const MOST_CLAIMED = 64;
/** A check is due slightly early, or else a timer's jitter would skip every second pass. */
const DUE_SHARE = 0.9;
/** Real milliseconds, whatever `checkMs` is: a slow answer is a finding, not a failure. */
const LONGEST_CHECK_MS = 5_000;

export interface HealthCheckerOptions {
  readonly store: AgentStore;
  readonly cache: StatusCache;
  readonly announcements: Announcements;
  readonly clock: Clock;
  readonly log: Logger;
  readonly checkMs: number;
  readonly silenceMs: number;
}

export interface HealthChecker {
  /** Asks an agent now, without storing anything. */
  ask(agent: ProbedAgent): Promise<Probe>;
  /** Asks an agent now and stores what was found. */
  check(row: AgentRow): Promise<ObservedRow>;
  /** Stores an observation: row and time series, then the cache, then the topic. */
  observe(agentId: string, observation: Omit<Observation, 'at'>): Promise<ObservedRow>;
  start(): void;
  /** Returns when no check runs any more. */
  stop(): Promise<void>;
}

export const probedAgent = (row: AgentRow): ProbedAgent => ({
  agentId: row.agent_id, endpoint: row.endpoint, model: row.model, maxResponseTime: row.performance_targets?.max_response_time,
});

/** `work` over `list`, at most `width` at a time; a rejection is left to `work`. */
async function inParallel<T>(list: readonly T[], width: number, work: (entry: T) => Promise<void>): Promise<void> {
  const waiting = [...list];
  const lane = async () => {
    for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) await work(entry);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

export function createHealthChecker({ store, cache, announcements, clock, log, checkMs, silenceMs }: HealthCheckerOptions): HealthChecker {
  const halt = new AbortController();
  let timer: Timer | undefined;
  let passing: Promise<void> = Promise.resolve();

  const ask = (agent: ProbedAgent) => probe(agent, { timeoutMs: LONGEST_CHECK_MS, now: clock.now, signal: halt.signal });

  async function tell(row: ObservedRow, check: HealthCheck | undefined) {
    await cache.put(row, check);
    await announcements.observed(row);
  }

  async function observe(agentId: string, observation: Omit<Observation, 'at'>) {
    const row = await store.record(agentId, { ...observation, at: new Date(clock.now()) });
    await tell(row, observation.check);
    return row;
  }

  const check = async (row: AgentRow) => observe(row.agent_id, { ...(await ask(probedAgent(row))), revives: true });

  /** What was cut short by the process's own stop says nothing about the agent. */
  async function checkClaimed(row: AgentRow) {
    const found = await ask(probedAgent(row));
    if (halt.signal.aborted) return;
    await observe(row.agent_id, { ...found, revives: true }).catch((error: unknown) => log.warn({ err: error, agent: row.agent_id }, 'a health check was not stored'));
  }

  async function pass() {
    const due = await store.claimDue(new Date(clock.now()), { intervalMs: checkMs * DUE_SHARE, most: MOST_CLAIMED });
    await inParallel(due, PARALLEL_CHECKS, checkClaimed);
    for (const silent of await store.silence(new Date(clock.now() - silenceMs))) await tell(silent, undefined);
  }

  function arm(delayMs: number) {
    timer = clock.after(delayMs, () => {
      passing = pass()
        .catch((error: unknown) => log.warn({ err: error }, 'a pass of health checks failed; the next one tries again'))
        .then(() => (halt.signal.aborted ? undefined : arm(checkMs)));
    });
  }

  return {
    ask, check, observe,
    start: () => arm(0),
    stop: async () => {
      halt.abort(new Error('the process is stopping'));
      timer?.cancel();
      await passing;
    },
  };
}
