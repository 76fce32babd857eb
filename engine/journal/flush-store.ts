import type { Connection } from './connection.ts';
import { rowOf } from './codec.ts';
import type { FlushStore, Slice } from './flush.ts';
import { queries } from './queries.ts';

/**
 * The log in PostgreSQL: one statement a flush (J1, J2). All rows travel in one binary parameter that the server
 * cuts up, because an array of byte strings would be sent as text, twice its size.
 */
export function createFlushStore(connection: Pick<Connection, 'run'>): FlushStore {
  async function write(slices: readonly Slice[]) {
    const chunks: Buffer[] = [];
    const cuts = { starts: [] as number[], records: [] as number[], messages: [] as number[] };
    let sent = 0;
    const add = (row: readonly Buffer[]) => {
      const bytes = row.reduce((sum, chunk) => sum + chunk.length, 0);
      chunks.push(...row);
      sent += bytes;
      return bytes;
    };
    for (const { appends } of slices) {
      cuts.starts.push(sent + 1);
      cuts.records.push(add(rowOf(appends.map((append) => append.records))));
      cuts.messages.push(add(rowOf(appends.map((append) => append.messages))));
    }
    const rows = await connection.run<{ shard: number }>(queries.append_flush, [...keysOf(slices), cuts.starts, cuts.records, cuts.messages, Buffer.concat(chunks)]);
    return rows.map((row) => row.shard);
  }

  const find = async (slices: readonly Slice[]) =>
    (await connection.run<{ shard: number }>(queries.find_flushes, keysOf(slices))).map((row) => row.shard);

  return { write, find };
}

const keysOf = (slices: readonly Slice[]) => [slices.map(({ shard }) => shard.shard), slices.map(({ shard }) => shard.epoch), slices.map(({ lsn }) => lsn)];
