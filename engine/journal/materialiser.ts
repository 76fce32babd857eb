/**
 * The materialiser fills tables from the log of our shards, each record exactly once (J5).
 *
 * Owns: the order of application, the applied position, trying again.
 * Does not know: which tables are filled, or for whom; appliers do.
 *
 * A batch that fails is tried again for ever and nothing after it in that shard is applied: skipping would make the
 * tables tell something else than the log. Other shards go on.
 */
import type { Logger } from '../kernel/index.ts';
import type { Database, Sql } from '../storage/index.ts';
import { decodeRecords } from './codec.ts';
import { logBroken } from './errors.ts';
import { backoffMs, createBell, inRealTime } from './pace.ts';
import type { Applier, Recorded } from './port.ts';
import { queries, SHARD_LOCK } from './queries.ts';

const FLUSHES_A_BATCH = 64;

export interface MaterialiserOptions {
  readonly database: Pick<Database, 'asOwner'>;
  readonly appliers: readonly Applier[];
  readonly log: Logger;
  /** A transaction of ours that falls silent for so long is ended by the server, so that the shard can change hands. */
  readonly leaseMs: number;
  /** The epoch under which the shard is ours, or undefined. */
  readonly epochOf: (shard: number) => number | undefined;
  readonly onApplied: (shard: number, lsn: number, records: number) => void;
  /** The epoch is over. */
  readonly onFenced: (shard: number, epoch: number) => void;
}

/** Why a shard does not advance, and since when (milliseconds since the process started). */
export interface Stall {
  readonly shard: number;
  readonly failures: number;
  readonly since: number;
  readonly error: unknown;
}

export interface Materialiser {
  /** There is, or may be, something new in this shard. */
  wake(shard: number): void;
  stalled(): readonly Stall[];
  start(): void;
  /** Finishes the batch under way. */
  stop(): Promise<void>;
}

interface Batch {
  readonly after: number;
  readonly upTo: number;
  readonly records: readonly Recorded[];
}

export function createMaterialiser(options: MaterialiserOptions): Materialiser {
  const { database, appliers, log, epochOf } = options;
  const bell = createBell();
  const dirty = new Set<number>();
  const stalls = new Map<number, Stall>();
  let ending = false;
  let loop: Promise<void> | undefined;

  function wake(shard: number) {
    dirty.add(shard);
    bell.ring();
  }

  async function apply(sql: Sql, records: readonly Recorded[]) {
    for (const applier of appliers) {
      const taken = records.filter(({ kind }) => applier.kinds.includes(kind));
      if (taken.length === 0) continue;
      await applier.apply(sql, taken);
      await sql.rows(queries.become_owner);
    }
  }

  /** One transaction: rows and position together. Undefined when the epoch is over, an empty batch when all is applied. */
  function applyBatch(shard: number, epoch: number): Promise<Batch | undefined> {
    return database.asOwner(async (sql) => {
      await sql.rows(queries.hold_shard, [SHARD_LOCK, shard, String(options.leaseMs)]);
      const rows = await sql.rows<{ after_lsn: string; lsn: string | null; records: Buffer }>(queries.read_unapplied, [shard, epoch, FLUSHES_A_BATCH]);
      const batch = batchOf(shard, rows);
      if (!batch || batch.upTo === batch.after) return batch;
      await sql.affected(queries.record_applied, [shard, batch.after, batch.upTo]);
      await apply(sql, batch.records);
      return batch;
    });
  }

  async function catchUp(shard: number) {
    for (let epoch = epochOf(shard); epoch !== undefined && !ending; epoch = epochOf(shard)) {
      const batch = await applyBatch(shard, epoch);
      if (!batch) return options.onFenced(shard, epoch);
      stalls.delete(shard);
      if (epochOf(shard) === epoch) options.onApplied(shard, batch.upTo, batch.records.length);
      if (batch.upTo === batch.after) return;
    }
  }

  function stall(shard: number, error: unknown) {
    const failures = (stalls.get(shard)?.failures ?? 0) + 1;
    stalls.set(shard, { shard, failures, since: stalls.get(shard)?.since ?? performance.now(), error });
    log.error({ err: error, shard, failures }, 'records could not be applied; the tables stand still until they can');
    inRealTime(backoffMs(failures, 5_000), () => wake(shard));
  }

  async function run() {
    while (!ending) {
      const [shard] = dirty;
      if (shard === undefined) {
        await bell.wait();
        continue;
      }
      dirty.delete(shard);
      await catchUp(shard).catch((error: unknown) => stall(shard, error));
    }
  }

  async function stop() {
    ending = true;
    bell.ring();
    await loop;
  }

  return { wake, stalled: () => [...stalls.values()].filter(({ shard }) => epochOf(shard) !== undefined), start: () => void (loop ??= run()), stop };
}

function batchOf(shard: number, rows: readonly { after_lsn: string; lsn: string | null; records: Buffer }[]): Batch | undefined {
  const first = rows[0];
  if (!first) return undefined;
  const after = Number(first.after_lsn);
  const records: Recorded[] = [];
  let upTo = after;
  for (const { lsn, records: row } of rows) {
    if (lsn === null) break;
    if (Number(lsn) !== upTo + 1) throw logBroken({ shard, expected: upTo + 1, found: Number(lsn) });
    upTo += 1;
    records.push(...decodeRecords(shard, upTo, row));
  }
  return { after, upTo, records };
}
