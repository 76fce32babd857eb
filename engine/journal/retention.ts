/**
 * Keeps the log short where nobody needs it: checkpoints, so that a new owner reads little (J9), and pruning.
 *
 * Rows go in ranges, in the background, by the owner alone (hold_shard): a reader that took over meanwhile must not
 * find half of what a checkpoint lists.
 */
import type { Logger } from '../kernel/index.ts';
import type { Database, Sql } from '../storage/index.ts';
import { queries, SHARD_LOCK } from './queries.ts';
import type { OwnedShard } from './shard.ts';

/** A checkpoint is due after so many flushes or bytes; both bound what a takeover reads. */
const [CHECKPOINT_FLUSHES, CHECKPOINT_BYTES] = [512, 4 * 1024 * 1024];
/** Rows removed in one statement. */
const RANGE = 2_000;

export interface RetentionOptions {
  readonly database: Pick<Database, 'asOwner'>;
  readonly log: Logger;
  readonly leaseMs: number;
  /** Flushes a shard kept although all are applied and closed: as far back as the tables can be rebuilt. */
  readonly retainFlushes: number;
}

export interface Retention {
  /** After each flush; starts a round when one is due and none is under way. */
  consider(shard: OwnedShard): void;
  stop(): Promise<void>;
}

/** Where the last round of a shard ended. */
interface Mark {
  readonly upTo: number;
  /** Flushes below `upTo` that an open stream still needed. */
  readonly kept: readonly number[];
}

export function createRetention({ database, log, leaseMs, retainFlushes }: RetentionOptions): Retention {
  const underWay = new Map<OwnedShard, Promise<void>>();
  const marks = new WeakMap<OwnedShard, Mark>();
  let ending = false;

  /** Runs while the shard cannot change hands; undefined when it did already. */
  const asOwnerOf = <T>(shard: OwnedShard, work: (sql: Sql) => Promise<T>) =>
    database.asOwner(async (sql) => {
      await sql.rows(queries.hold_shard, [SHARD_LOCK, shard.shard, String(leaseMs)]);
      return work(sql);
    });

  async function round(shard: OwnedShard) {
    // Taken in one go, so that the open streams are exactly those after `lsn`.
    const [lsn, open, kept] = [shard.head, shard.open.encode(), shard.open.flushes()];
    const written = await asOwnerOf(shard, (sql) => sql.one(queries.write_checkpoint, [shard.shard, shard.epoch, lsn, open]));
    if (!written) return;
    await prune(shard, Math.min(lsn, shard.head - retainFlushes), kept);
    await asOwnerOf(shard, (sql) => sql.affected(queries.prune_positions, [shard.shard, shard.epoch, lsn]));
  }

  async function prune(shard: OwnedShard, upTo: number, kept: readonly number[]) {
    if (upTo <= 0) return;
    const mark = marks.get(shard) ?? { upTo: await oldest(shard), kept: [] };
    if (mark.upTo >= upTo) return;
    const needed = new Set(kept);
    const released = mark.kept.filter((lsn) => !needed.has(lsn));
    const remove = (listed: readonly number[], from: number, to: number) =>
      asOwnerOf(shard, (sql) => sql.one<{ upto: string | null }>(queries.prune_records, [shard.shard, shard.epoch, from, to, kept, listed]));
    let reached = mark.upTo;
    for (let next = Math.min(reached + RANGE, upTo); reached < upTo && !ending; next = Math.min(reached + RANGE, upTo)) {
      const row = await remove(released, reached, next);
      const removedUpTo = Number(row?.upto ?? 0);
      if (removedUpTo <= reached) break;
      reached = removedUpTo;
    }
    marks.set(shard, { upTo: reached, kept: kept.filter((lsn) => lsn <= reached) });
  }

  const oldest = async (shard: OwnedShard) =>
    Number((await database.asOwner((sql) => sql.one<{ lsn: string }>(queries.oldest_record, [shard.shard])))!.lsn) - 1;

  function consider(shard: OwnedShard) {
    const { flushes, bytes } = shard.uncovered;
    if (ending || underWay.has(shard) || (flushes < CHECKPOINT_FLUSHES && bytes < CHECKPOINT_BYTES)) return;
    shard.uncovered = { flushes: 0, bytes: 0 };
    const work = round(shard)
      .catch((error: unknown) => log.warn({ err: error, shard: shard.shard }, 'the log could not be checkpointed or pruned; the next round does both'))
      .finally(() => underWay.delete(shard));
    underWay.set(shard, work);
  }

  async function stop() {
    ending = true;
    await Promise.all(underWay.values());
  }

  return { consider, stop };
}
