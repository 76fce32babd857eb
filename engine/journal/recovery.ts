/**
 * What a new owner reads of its shard's log: where it ends, which streams are open, and their records (J9).
 * Called after the epoch was changed, so no earlier owner can add to what is read here (J1).
 */
import type { Database, Sql } from '../storage/index.ts';
import { decodeRecords } from './codec.ts';
import { createOpenStreams, type OpenStreams } from './open-streams.ts';
import type { Recorded } from './port.ts';
import { queries } from './queries.ts';

export interface Recovered {
  readonly head: number;
  readonly delivered: number;
  readonly open: OpenStreams;
  readonly records: ReadonlyMap<string, readonly Recorded[]>;
  readonly uncovered: { flushes: number; bytes: number };
}

interface LogRow {
  readonly lsn: string;
  readonly records: Buffer;
}

const ROWS_A_PAGE = 128;

export function recover(database: Pick<Database, 'asOwner'>, shard: number): Promise<Recovered> {
  return database.asOwner(async (sql) => {
    const found = await sql.one<{ head: string; delivered: string; checkpoint: string }>(queries.read_positions, [shard]);
    const checkpoint = Number(found!.checkpoint);
    const open = await readCheckpoint(sql, shard, checkpoint);
    const records = new Map<string, Recorded[]>();
    const collect = (decoded: readonly Recorded[], wanted: (stream: string) => boolean) => {
      for (const record of decoded) {
        if (!wanted(record.stream)) continue;
        const known = records.get(record.stream);
        if (known) known.push(record);
        else records.set(record.stream, [record]);
      }
    };
    for await (const { lsn, records: row } of listed(sql, shard, open.flushes())) collect(decodeRecords(shard, Number(lsn), row), open.has);
    const uncovered = { flushes: 0, bytes: 0 };
    for await (const { lsn, records: row } of after(sql, shard, checkpoint)) {
      const decoded = decodeRecords(shard, Number(lsn), row);
      open.note(Number(lsn), decoded.map(({ stream, closes }) => ({ stream, closes: closes ?? false })));
      collect(decoded, open.has);
      for (const { stream } of decoded) if (!open.has(stream)) records.delete(stream);
      uncovered.flushes += 1;
      uncovered.bytes += row.length;
    }
    return { head: Number(found!.head), delivered: Number(found!.delivered), open, records, uncovered };
  });
}

async function readCheckpoint(sql: Sql, shard: number, lsn: number): Promise<OpenStreams> {
  const row = lsn === 0 ? undefined : await sql.one<{ open: Buffer }>(queries.read_checkpoint, [shard, lsn]);
  return createOpenStreams(row?.open);
}

async function* listed(sql: Sql, shard: number, flushes: readonly number[]): AsyncGenerator<LogRow> {
  for (let start = 0; start < flushes.length; start += ROWS_A_PAGE)
    yield* await sql.rows<LogRow>(queries.read_rows_listed, [shard, flushes.slice(start, start + ROWS_A_PAGE)]);
}

async function* after(sql: Sql, shard: number, lsn: number): AsyncGenerator<LogRow> {
  for (let last = lsn; ; ) {
    const page = await sql.rows<LogRow>(queries.read_rows_after, [shard, last, ROWS_A_PAGE]);
    yield* page;
    if (page.length < ROWS_A_PAGE) return;
    last = Number(page.at(-1)!.lsn);
  }
}
