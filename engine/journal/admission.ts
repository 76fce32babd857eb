/**
 * What may be appended and what may begin.
 *
 * Owns: the form of an append, the limit on bytes that are not durable yet, waiting for a first shard.
 * Does not know: how an append becomes durable.
 */
import { newId } from '../kernel/index.ts';
import { encodeMessages, encodeRecords } from './codec.ts';
import { appendMalformed, appendTooLarge, busy, fenced, noShardOwned, stopped } from './errors.ts';
import type { Append } from './flush.ts';
import type { Ownership } from './ownership.ts';
import { createBell, inRealTime } from './pace.ts';
import type { JournalRecord, OutboxMessage } from './port.ts';
import { shardOfStream } from './shard.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export interface AdmissionOptions {
  readonly ownership: Ownership;
  readonly shards: number;
  readonly leaseMs: number;
  /** Bytes that may wait to be durable. */
  readonly bufferBytes: number;
  readonly bufferedBytes: () => number;
  readonly running: () => boolean;
}

export interface Admission {
  /** Throws unless the append may go to the log now. */
  accept(records: readonly JournalRecord[], messages: readonly OutboxMessage[]): Append;
  /** The id of a stream that may begin here. Throws unless there is a shard and room for it. */
  newStream(): Promise<string>;
  /** A shard opened, or none will any more: those who wait for one look again. */
  changed(): void;
}

export function createAdmission(options: AdmissionOptions): Admission {
  const newcomers = new Set<() => void>();

  function accept(records: readonly JournalRecord[], messages: readonly OutboxMessage[]): Append {
    if (!options.running()) throw stopped({});
    const append = formAppend(options, records, messages);
    refuseUnlessRoom(options, append);
    return append;
  }

  async function newStream(): Promise<string> {
    if (!admitting(options) && options.running()) await untilAdmitting(options, newcomers);
    if (!options.running()) throw stopped({});
    if (!admitting(options)) throw noShardOwned({ waitedMs: options.leaseMs });
    refuseWhenFull(options, 0);
    for (;;) {
      const stream = newId();
      if (options.ownership.stageOf(shardOfStream(stream, options.shards)) === 'open') return stream;
    }
  }

  return { accept, newStream, changed: () => newcomers.forEach((wake) => wake()) };
}

function formAppend({ ownership, shards }: AdmissionOptions, records: readonly JournalRecord[], outbox: readonly OutboxMessage[]): Append {
  const number = commonShard(records, shards);
  const shard = ownership.of(number);
  if (!shard || ownership.stageOf(number) === 'leaving') throw fenced({ shard: number });
  const touched = records.map(({ stream, closes }) => ({ stream, closes: closes ?? false }));
  return { shard, records: encodeRecords(records), messages: encodeMessages(outbox), touched, outbox };
}

function commonShard(records: readonly JournalRecord[], shards: number): number {
  const [first] = records;
  if (!first) throw appendMalformed({ reason: 'there is no record' });
  const common = shardOfStream(first.stream, shards);
  for (const { stream } of records) {
    if (!UUID.test(stream)) throw appendMalformed({ reason: `stream ${stream} is not a UUID` });
    if (shardOfStream(stream, shards) !== common) throw appendMalformed({ reason: `streams ${first.stream} and ${stream} lie in different shards` });
  }
  return common;
}

/** A stream that has begun is never refused for lack of room: nobody would go on with it. It waits instead. */
function refuseUnlessRoom(options: AdmissionOptions, { shard, records, messages, touched }: Append) {
  const bytes = records.length + messages.length;
  if (bytes > options.bufferBytes) throw appendTooLarge({ bytes, limitBytes: options.bufferBytes });
  if (touched.some(({ stream }) => !shard.open.has(stream))) refuseWhenFull(options, bytes);
}

function refuseWhenFull({ bufferedBytes, bufferBytes }: AdmissionOptions, bytes: number) {
  if (bufferedBytes() + bytes > bufferBytes) throw busy({ bufferedBytes: bufferedBytes(), limitBytes: bufferBytes });
}

const admitting = ({ ownership }: AdmissionOptions) => ownership.at('open').length > 0;

/** A process that has just started, or is being handed shards, has its first one within about a lease. */
async function untilAdmitting(options: AdmissionOptions, newcomers: Set<() => void>) {
  const bell = createBell();
  let over = false;
  const timer = inRealTime(options.leaseMs, () => {
    over = true;
    bell.ring();
  });
  newcomers.add(bell.ring);
  try {
    while (!admitting(options) && !over && options.running()) await bell.wait();
  } finally {
    newcomers.delete(bell.ring);
    timer.cancel();
  }
}
