/**
 * Who waits until a position stands in the tables.
 *
 * Positions of our own shards are told by the materialiser; those of other processes' shards are looked up, for
 * all who wait in one statement, less and less often while nothing changes.
 */
import type { Logger } from '../kernel/index.ts';
import type { Database } from '../storage/index.ts';
import { stopped } from './errors.ts';
import { createBell } from './pace.ts';
import type { Position } from './port.ts';
import { queries } from './queries.ts';

const [FIRST_LOOK_MS, SLOWEST_LOOK_MS] = [5, 500];

interface Waiter {
  readonly lsn: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface AppliedPositions {
  /** What the materialiser committed, as far as this process knows. */
  known(shard: number): number;
  advance(shard: number, lsn: number): void;
  /** Nothing is known of this shard any more: it is lost, or the server crashed and may have lost what was not on disk. */
  forget(shard: number): void;
  wait(position: Position): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

export interface AppliedOptions {
  readonly database: Pick<Database, 'asOwner'>;
  readonly log: Logger;
  readonly isOurs: (shard: number) => boolean;
}

export function createAppliedPositions({ database, log, isOurs }: AppliedOptions): AppliedPositions {
  const positions = new Map<number, number>();
  const waiters = new Map<number, Waiter[]>();
  const bell = createBell();
  let ending = false;
  let loop: Promise<void> | undefined;

  const known = (shard: number) => positions.get(shard) ?? 0;

  function resolveUpTo(shard: number, lsn: number) {
    const waiting = waiters.get(shard);
    if (!waiting) return;
    const later = waiting.filter((waiter) => waiter.lsn > lsn);
    if (later.length > 0) waiters.set(shard, later);
    else waiters.delete(shard);
    for (const waiter of waiting) if (waiter.lsn <= lsn) waiter.resolve();
  }

  function advance(shard: number, lsn: number) {
    positions.set(shard, lsn);
    resolveUpTo(shard, lsn);
  }

  function forget(shard: number) {
    positions.delete(shard);
    if (waiters.has(shard)) bell.ring();
  }

  function wait({ shard, lsn }: Position): Promise<void> {
    if (ending) return Promise.reject(stopped({}));
    if (lsn <= known(shard)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const waiting = waiters.get(shard);
      if (waiting) waiting.push({ lsn, resolve, reject });
      else waiters.set(shard, [{ lsn, resolve, reject }]);
      if (!isOurs(shard)) bell.ring();
    });
  }

  const elsewhere = () => [...waiters.keys()].filter((shard) => !isOurs(shard));

  async function look(shards: readonly number[]) {
    const rows = await database.asOwner((sql) => sql.rows<{ shard: number; lsn: string }>(queries.read_applied, [shards]));
    for (const { shard, lsn } of rows) resolveUpTo(shard, Number(lsn));
  }

  async function run() {
    for (let delayMs = FIRST_LOOK_MS; !ending; delayMs = Math.min(delayMs * 1.5, SLOWEST_LOOK_MS)) {
      const shards = elsewhere();
      await bell.wait(shards.length > 0 ? delayMs : undefined);
      if (shards.length === 0) delayMs = FIRST_LOOK_MS;
      if (elsewhere().length > 0) await look(elsewhere()).catch((error: unknown) => log.warn({ err: error }, 'applied positions could not be read; trying again'));
    }
  }

  async function stop() {
    ending = true;
    bell.ring();
    await loop;
    for (const waiting of waiters.values()) for (const { reject } of waiting) reject(stopped({}));
    waiters.clear();
  }

  return { known, advance, forget, wait, start: () => void (loop ??= run()), stop };
}
