/**
 * Rate limits, counted in Redis so that all processes share one budget (flow hive-rate-limits).
 *
 * R1. Persons have an exact sliding window (documents' conflict X15). Addresses have a fixed one: their limit is
 *     coarse on purpose (X17), and an exact log of thousands of requests an address would be memory for nothing.
 * R2. Without Redis a process counts in its own memory: requests go on, and the limit holds for each process.
 * R3. A limiter is kept for each limit in use, because the library fixes the limit when it is made; the counters
 *     are keyed without the limit, so a change of a tenant's setting keeps what was spent.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { traced, type Logger, type Settings } from '../kernel/index.ts';
import type { Redis } from '../storage/index.ts';

/** What one request cost and what is left. */
export interface Spent {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until something is given back, at least 1. */
  readonly resetSeconds: number;
  readonly windowSeconds: number;
}

export interface Limits {
  address(ipAddress: string): Promise<Spent>;
  /** `counter` names whose budget is spent, and for which endpoint. */
  person(counter: string, limit: number): Promise<Spent>;
}

const slidingWindow = readFileSync(join(import.meta.dirname, 'sliding-window.lua'), 'utf8');
/** Distinct limits are the table's few and what tenants chose for themselves. */
const LIMITERS_KEPT = 200;

interface Pair {
  readonly shared: RateLimiterAbstract;
  readonly own: RateLimiterAbstract;
}

type Rejected = RateLimiterRes | Error;

/** The library rejects with the count itself when a limit is reached; everything else is a failing store. */
const spentOrThrow = (rejected: Rejected): RateLimiterRes => {
  if (rejected instanceof RateLimiterRes) return rejected;
  throw rejected;
};

export type LimitsSettings = Pick<Settings, 'HIVE_RATE_WINDOW_SECONDS' | 'HIVE_ADDRESS_LIMIT'>;

export function createLimits({ redis, settings, log }: { redis: Redis; settings: LimitsSettings; log: Logger }): Limits {
  const duration = settings.HIVE_RATE_WINDOW_SECONDS;
  let degraded = false;

  function pair(kind: 'address' | 'person', points: number): Pair {
    const options = { keyPrefix: `rate:${kind}`, points, duration };
    const script = kind === 'person' ? { customIncrTtlLuaScript: slidingWindow } : {};
    // A view of the connection for each, because the library defines its script on the client under one fixed name.
    const storeClient = Object.create(redis) as Redis;
    return {
      shared: new RateLimiterRedis({ ...options, ...script, storeClient, rejectIfRedisNotReady: true }),
      own: new RateLimiterMemory(options),
    };
  }

  const addresses = pair('address', settings.HIVE_ADDRESS_LIMIT);
  const persons = new LRUCache<number, Pair>({ max: LIMITERS_KEPT, memoMethod: (limit) => pair('person', limit) });

  function noteStore(failure: unknown) {
    const failing = failure !== undefined;
    if (failing !== degraded) log.warn({ err: failure }, failing ? 'rate limits are counted in memory: Redis does not answer' : 'rate limits are shared again');
    degraded = failing;
  }

  async function consume({ shared, own }: Pair, key: string): Promise<RateLimiterRes> {
    try {
      const spent = await traced({ from: 'gateway', to: 'redis', message: 'count request' }, () => shared.consume(key).catch(spentOrThrow));
      noteStore(undefined);
      return spent;
    } catch (failure) {
      noteStore(failure);
      return own.consume(key).catch(spentOrThrow);
    }
  }

  async function spend(limiters: Pair, key: string): Promise<Spent> {
    const { consumedPoints, remainingPoints, msBeforeNext } = await consume(limiters, key);
    const limit = limiters.shared.points;
    const resetSeconds = Math.max(Math.ceil(msBeforeNext / 1_000), 1);
    return { allowed: consumedPoints <= limit, limit, remaining: remainingPoints, resetSeconds, windowSeconds: duration };
  }

  return {
    address: (ipAddress) => spend(addresses, ipAddress),
    person: (counter, limit) => spend(persons.memo(limit), counter),
  };
}
