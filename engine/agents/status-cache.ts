/**
 * `agent:status:{agent_id}` in Redis (flow hive-redis-agent-status): JSON {status, last_seen, performance},
 * gone 30 seconds after the last word of the agent. A copy only: without it, and without Redis, PostgreSQL answers.
 */
import { z } from 'zod';
import type { Logger } from '../kernel/index.ts';
import type { Redis } from '../storage/index.ts';
import { agentStatus, performance, type HealthCheck, type Performance } from './contract.ts';
import type { AgentRow } from './store.ts';

const LIFE_SECONDS = 30;

const cached = z.object({ status: agentStatus, last_seen: z.string().nullable(), performance: performance.nullable() });
export type CachedStatus = z.infer<typeof cached>;

export interface StatusCache {
  /** After the row is committed, so that a reader never sees the status before. Does not fail the caller. */
  put(row: Pick<AgentRow, 'agent_id' | 'status' | 'last_seen'>, check: HealthCheck | undefined): Promise<void>;
  get(agentIds: readonly string[]): Promise<(CachedStatus | undefined)[]>;
}

const keyOf = (agentId: string) => `agent:status:${agentId}`;

export function performanceOf({ response_time, tokens_per_second, cpu_usage, memory_usage, gpu_usage }: HealthCheck): Performance {
  return { response_time, tokens_per_second, cpu_usage, memory_usage, gpu_usage };
}

function parse(text: string | null): CachedStatus | undefined {
  if (text === null) return undefined;
  try {
    return cached.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export function createStatusCache(redis: Pick<Redis, 'set' | 'mget'>, log: Logger): StatusCache {
  return {
    put: async ({ agent_id, status, last_seen }, check) => {
      const value: CachedStatus = { status, last_seen: last_seen?.toISOString() ?? null, performance: check ? performanceOf(check) : null };
      await redis.set(keyOf(agent_id), JSON.stringify(value), 'EX', LIFE_SECONDS).catch((error: unknown) => log.warn({ err: error, agent: agent_id }, 'the status of an agent was not cached'));
    },
    get: async (agentIds) => {
      if (agentIds.length === 0) return [];
      const texts = await redis.mget(agentIds.map(keyOf)).catch((error: unknown) => {
        log.warn({ err: error }, 'the status of agents could not be read from Redis; PostgreSQL answers');
        return agentIds.map(() => null);
      });
      return texts.map(parse);
    },
  };
}
