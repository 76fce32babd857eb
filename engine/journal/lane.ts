/**
 * A lane carries appends of many streams and several shards to the log, one flush at a time: while one is under
 * way the next fills, so the batch grows with the load and nothing waits for a timer (J4).
 *
 * Owns: the order of appends, the flush under way, what happens when its outcome is unknown (J3).
 * Does not know: SQL, leases, what records mean.
 */
import type { Logger } from '../kernel/index.ts';
import { fenced, stopped } from './errors.ts';
import { createBell } from './pace.ts';
import type { Touched } from './open-streams.ts';
import type { OutboxMessage, Position } from './port.ts';
import type { OwnedShard } from './shard.ts';

/** One append: whole or not at all (J2). */
export interface Append {
  readonly shard: OwnedShard;
  readonly records: Buffer;
  readonly messages: Buffer;
  readonly touched: readonly Touched[];
  readonly outbox: readonly OutboxMessage[];
}

/** The appends of one shard in one flush: one row. Once sent it is never changed (J3). */
export interface Slice {
  readonly shard: OwnedShard;
  readonly lsn: number;
  readonly appends: readonly Append[];
}

export interface FlushStore {
  /** The shards whose slices were written. Those that are missing were refused by the fence. */
  write(slices: readonly Slice[]): Promise<readonly number[]>;
  /** The shards whose slices are in the log, by whichever attempt. */
  find(slices: readonly Slice[]): Promise<readonly number[]>;
}

export interface LaneOptions {
  readonly store: FlushStore;
  readonly log: Logger;
  /** A flush takes appends until it holds so many bytes; a single larger append goes alone. */
  readonly flushBytes: number;
  /** Between two attempts, after so many failures in a row. */
  readonly pause: (failures: number) => Promise<void>;
  readonly onDurable: (slice: Slice, bytes: number) => void;
  readonly onFenced: (shard: OwnedShard) => void;
}

export interface Lane {
  /** Bytes accepted and not yet durable. */
  readonly bufferedBytes: number;
  /** How often the present flush failed already; 0 when all is well. */
  readonly failures: number;
  append(append: Append): Promise<Position>;
  /** Refuses what waits for this shard. What is under way is decided by its flush. */
  abandon(shard: OwnedShard): void;
  /** Resolves when nothing that was accepted so far for this shard, or for any, is undecided. */
  settled(shard?: OwnedShard): Promise<void>;
  start(): void;
  /** Ends the loop; what is still undecided is rejected. */
  stop(): Promise<void>;
}

interface Waiting {
  readonly append: Append;
  readonly bytes: number;
  readonly resolve: (position: Position) => void;
  readonly reject: (error: unknown) => void;
}

export function createLane({ store, log, flushBytes, pause, onDurable, onFenced }: LaneOptions): Lane {
  const bell = createBell();
  const undecided = new Map<Waiting, Promise<unknown>>();
  let queue: Waiting[] = [];
  let bufferedBytes = 0;
  let failures = 0;
  let ending = false;
  let loop: Promise<void> | undefined;

  function append(append: Append): Promise<Position> {
    const { promise, resolve, reject } = Promise.withResolvers<Position>();
    const waiting = { append, bytes: append.records.length + append.messages.length, resolve, reject };
    undecided.set(waiting, promise.catch(() => undefined));
    bufferedBytes += waiting.bytes;
    queue.push(waiting);
    bell.ring();
    return promise;
  }

  function decide(waiting: Waiting, outcome: Position | Error) {
    if (!undecided.delete(waiting)) return;
    bufferedBytes -= waiting.bytes;
    if (outcome instanceof Error) waiting.reject(outcome);
    else waiting.resolve(outcome);
  }

  function takeBatch(): Waiting[] {
    let bytes = 0;
    const end = queue.findIndex((waiting, index) => (bytes += waiting.bytes) > flushBytes && index > 0);
    return queue.splice(0, end === -1 ? queue.length : end);
  }

  /** Repeats the same slices until each is known to be written or refused (J3). */
  async function write(slices: readonly Slice[]): Promise<Set<number>> {
    const durable = new Set<number>();
    let open = slices;
    const settle = (found: readonly number[]) => {
      for (const shard of found) durable.add(shard);
      open = open.filter(({ shard }) => !durable.has(shard.shard));
    };
    for (failures = 0; open.length > 0 && !ending; ) {
      try {
        // Look first after a failure: refused now, a slice may still have been written by the attempt that failed.
        if (failures > 0) settle(await store.find(open));
        if (open.length > 0) settle(await store.write(open));
        if (failures > 0 && open.length > 0) settle(await store.find(open));
        break;
      } catch (error) {
        failures += 1;
        log.warn({ err: error, failures, shards: open.map(({ shard }) => shard.shard) }, 'a flush failed; it is looked for and repeated');
        await pause(failures);
      }
    }
    if (!ending) failures = 0;
    return durable;
  }

  async function flush(batch: readonly Waiting[]) {
    const byShard = Map.groupBy(batch, ({ append }) => append.shard);
    const slices = [...byShard].map(([shard, waiting]) => ({ shard, lsn: shard.head + 1, appends: waiting.map(({ append }) => append) }));
    const durable = await write(slices);
    for (const slice of slices) {
      const waiting = byShard.get(slice.shard)!;
      if (durable.has(slice.shard.shard)) {
        slice.shard.head = slice.lsn;
        onDurable(slice, waiting.reduce((sum, { bytes }) => sum + bytes, 0));
        for (const one of waiting) decide(one, { shard: slice.shard.shard, lsn: slice.lsn });
      } else if (ending) {
        for (const one of waiting) decide(one, stopped({}));
      } else {
        for (const one of waiting) decide(one, fenced({ shard: slice.shard.shard }));
        onFenced(slice.shard);
      }
    }
  }

  async function run() {
    while (!ending) {
      if (queue.length === 0) await bell.wait();
      else await flush(takeBatch());
    }
    for (const waiting of undecided.keys()) decide(waiting, stopped({}));
  }

  function abandon(shard: OwnedShard) {
    const refused = queue.filter(({ append }) => append.shard === shard);
    queue = queue.filter(({ append }) => append.shard !== shard);
    for (const waiting of refused) decide(waiting, fenced({ shard: shard.shard }));
  }

  async function settled(shard?: OwnedShard) {
    await Promise.all([...undecided].filter(([{ append }]) => !shard || append.shard === shard).map(([, done]) => done));
  }

  return {
    get bufferedBytes() {
      return bufferedBytes;
    },
    get failures() {
      return failures;
    },
    append,
    abandon,
    settled,
    start: () => void (loop ??= run()),
    stop: async () => {
      ending = true;
      bell.ring();
      await loop;
    },
  };
}
