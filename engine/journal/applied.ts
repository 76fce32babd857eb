/**
 * Who waits until a position stands in the tables.
 *
 * Positions of our own shards are told by the materialiser; those of other processes' shards are looked up, for
 * all who wait in one statement, less and less often while nothing changes.
 */
import type { Logger } from '../kernel/index.ts';
import type { Database } from '../storage/index.ts';
import { createAppliedWaiters } from './applied-waiters.ts';
import { stopped } from './errors.ts';
import { createBell } from './pace.ts';
import type { Position } from './port.ts';
import { queries } from './queries.ts';

const [FIRST_LOOK_MS, SLOWEST_LOOK_MS] = [5, 500];

export interface AppliedPositions {
  /** The materialiser committed so far. */
  advance(position: Position): void;
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
  const waiters = createAppliedWaiters();
  const bell = createBell();
  let ending = false;
  let loop: Promise<void> | undefined;

  function advance(position: Position) {
    positions.set(position.shard, position.lsn);
    waiters.resolveUpTo(position);
  }

  function forget(shard: number) {
    positions.delete(shard);
    if (waiters.has(shard)) bell.ring();
  }

  async function wait(position: Position): Promise<void> {
    if (ending) throw stopped({});
    if (position.lsn <= (positions.get(position.shard) ?? 0)) return;
    const applied = waiters.add(position);
    if (!isOurs(position.shard)) bell.ring();
    await applied;
  }

  const elsewhere = () => waiters.shards().filter((shard) => !isOurs(shard));

  async function look(shards: readonly number[]) {
    const rows = await database.asOwner((sql) => sql.rows<{ shard: number; lsn: string }>(queries.read_applied, [shards]));
    for (const { shard, lsn } of rows) waiters.resolveUpTo({ shard, lsn: Number(lsn) });
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
    waiters.rejectAll(stopped({}));
  }

  return { advance, forget, wait, start: () => void (loop ??= run()), stop };
}
