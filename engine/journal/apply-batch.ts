/** One batch of one shard's log into the tables: rows and position in one transaction (J5). */
import type { Database, Sql } from '../storage/index.ts';
import { decodeRecords } from './codec.ts';
import { logBroken } from './errors.ts';
import type { Applier, Recorded } from './port.ts';
import { queries, SHARD_LOCK } from './queries.ts';

const FLUSHES_A_BATCH = 64;

export interface BatchOptions {
  readonly database: Pick<Database, 'asOwner'>;
  readonly appliers: readonly Applier[];
  /** A transaction of ours that falls silent for so long is ended by the server, so that the shard can change hands. */
  readonly leaseMs: number;
}

export interface Batch {
  readonly after: number;
  readonly upTo: number;
  readonly records: readonly Recorded[];
}

interface Row {
  readonly after_lsn: string;
  readonly lsn: string | null;
  readonly records: Buffer;
}

/** Undefined when the epoch is over, an empty batch when all is applied. */
export function applyBatch({ database, appliers, leaseMs }: BatchOptions, { shard, epoch }: { shard: number; epoch: number }): Promise<Batch | undefined> {
  return database.asOwner(async (sql) => {
    await sql.rows(queries.hold_shard, [SHARD_LOCK, shard, String(leaseMs)]);
    const batch = batchOf(shard, await sql.rows<Row>(queries.read_unapplied, [shard, epoch, FLUSHES_A_BATCH]));
    if (!batch || batch.upTo === batch.after) return batch;
    await sql.affected(queries.record_applied, [shard, batch.after, batch.upTo]);
    for (const applier of appliers) await applyWith(sql, applier, batch.records);
    return batch;
  });
}

async function applyWith(sql: Sql, applier: Applier, records: readonly Recorded[]) {
  const taken = records.filter(({ kind }) => applier.kinds.includes(kind));
  if (taken.length === 0) return;
  await applier.apply(sql, taken);
  await sql.rows(queries.become_owner);
}

function batchOf(shard: number, rows: readonly Row[]): Batch | undefined {
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
