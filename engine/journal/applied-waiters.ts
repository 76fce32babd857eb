import type { Position } from './port.ts';

interface Waiter {
  readonly lsn: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Those who wait for a position to be applied, by shard. */
export interface AppliedWaiters {
  /** Shards that somebody waits for. */
  shards(): number[];
  has(shard: number): boolean;
  add(position: Position): Promise<void>;
  resolveUpTo(position: Position): void;
  rejectAll(error: unknown): void;
}

export function createAppliedWaiters(): AppliedWaiters {
  const byShard = new Map<number, Waiter[]>();

  const add = ({ shard, lsn }: Position) =>
    new Promise<void>((resolve, reject) => {
      const waiting = byShard.get(shard);
      if (waiting) waiting.push({ lsn, resolve, reject });
      else byShard.set(shard, [{ lsn, resolve, reject }]);
    });

  function resolveUpTo({ shard, lsn }: Position) {
    const waiting = byShard.get(shard);
    if (!waiting) return;
    const later = waiting.filter((waiter) => waiter.lsn > lsn);
    if (later.length > 0) byShard.set(shard, later);
    else byShard.delete(shard);
    for (const waiter of waiting) if (waiter.lsn <= lsn) waiter.resolve();
  }

  function rejectAll(error: unknown) {
    for (const waiting of byShard.values()) for (const { reject } of waiting) reject(error);
    byShard.clear();
  }

  return { shards: () => [...byShard.keys()], has: (shard) => byShard.has(shard), add, resolveUpTo, rejectAll };
}
