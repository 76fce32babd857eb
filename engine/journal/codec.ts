/** How records and messages stand in their rows: JSON without field names, because every byte is written twice (table and WAL). */
import type { JournalRecord, OutboxMessage, Recorded } from './port.ts';

type WrittenRecord = [stream: string, scope: string, kind: string, at: number, closes: 0 | 1, body: unknown];
type WrittenMessage = [topic: string, key: string, body: unknown];

/** Parts of one or many appends, separated so that rows are joined from them without parsing. */
export function encodeRecords(records: readonly JournalRecord[]): Buffer {
  return encoded(records.map(({ stream, scope, kind, at, closes, body }): WrittenRecord => [stream, scope, kind, at, closes ? 1 : 0, body]));
}

export function encodeMessages(messages: readonly OutboxMessage[]): Buffer {
  return encoded(messages.map(({ topic, key, body }): WrittenMessage => [topic, key, body]));
}

/** The list without its brackets; empty for an empty list. */
function encoded(list: readonly unknown[]): Buffer {
  return Buffer.from(JSON.stringify(list).slice(1, -1));
}

const [opening, comma, closing] = [Buffer.from('['), Buffer.from(','), Buffer.from(']')];

/** One row from the parts of several appends, as chunks to be concatenated; none when all parts are empty. */
export function rowOf(parts: readonly Buffer[]): Buffer[] {
  const filled = parts.filter((part) => part.length > 0);
  return filled.length === 0 ? [] : [opening, ...filled.flatMap((part, index) => (index === 0 ? [part] : [comma, part])), closing];
}

export function decodeRecords(shard: number, lsn: number, row: Buffer): Recorded[] {
  const written = JSON.parse(row.toString()) as WrittenRecord[];
  return written.map(([stream, scope, kind, at, closes, body], index) => ({
    stream, scope, kind, at, body, ...(closes === 1 && { closes: true }), position: { shard, lsn, index },
  }));
}

export function decodeMessages(row: Buffer): OutboxMessage[] {
  return (JSON.parse(row.toString()) as WrittenMessage[]).map(([topic, key, body]) => ({ topic, key, body }));
}
