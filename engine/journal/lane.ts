/**
 * A lane carries appends of many streams and several shards to the log, one flush at a time: while one is under
 * way the next fills, so the batch grows with the load and nothing waits for a timer (J4).
 *
 * Owns: the order of appends, the flush under way, who learns its outcome.
 * Does not know: SQL, leases, what records mean.
 */
import { createAppendBuffer, type AppendBuffer, type Undecided } from './append-buffer.ts';
import { fenced, stopped } from './errors.ts';
import { flushUntilCertain, type Append, type Attempts, type FlushOptions, type Slice } from './flush.ts';
import { createBell } from './pace.ts';
import type { Position } from './port.ts';
import type { OwnedShard } from './shard.ts';

export interface LaneOptions extends FlushOptions {
  /** A flush takes appends until it holds so many bytes; a single larger append goes alone. */
  readonly flushBytes: number;
  /** Before those who appended learn of it. */
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

interface FilledSlice extends Slice {
  readonly undecided: readonly Undecided[];
}

interface State {
  readonly options: LaneOptions;
  readonly buffer: AppendBuffer;
  readonly attempts: Attempts;
}

export function createLane(options: LaneOptions): Lane {
  const bell = createBell();
  const buffer = createAppendBuffer();
  const attempts: Attempts = { failures: 0, ending: false };
  let loop: Promise<void> | undefined;

  function append(append: Append): Promise<Position> {
    const outcome = buffer.add(append);
    bell.ring();
    return outcome;
  }

  async function run() {
    while (!attempts.ending) {
      if (buffer.empty) await bell.wait();
      else await flush({ options, buffer, attempts }, buffer.take(options.flushBytes));
    }
    buffer.decide(buffer.all(), stopped({}));
  }

  async function stop() {
    attempts.ending = true;
    bell.ring();
    await loop;
  }

  return {
    get bufferedBytes() {
      return buffer.bytes;
    },
    get failures() {
      return attempts.failures;
    },
    append,
    abandon: (shard) => buffer.decide(buffer.withdraw(shard), fenced({ shard: shard.shard })),
    settled: buffer.settled,
    start: () => void (loop ??= run()),
    stop,
  };
}

/** One row a shard, each after the last durable one of its shard. */
function slicesOf(batch: readonly Undecided[]): FilledSlice[] {
  const byShard = Map.groupBy(batch, ({ append }) => append.shard);
  return [...byShard].map(([shard, undecided]) => ({ shard, lsn: shard.head + 1, appends: undecided.map(({ append }) => append), undecided }));
}

async function flush(state: State, batch: readonly Undecided[]) {
  const { options, buffer, attempts } = state;
  const slices = slicesOf(batch);
  const durable = await flushUntilCertain(options, slices, attempts);
  for (const slice of slices) {
    if (durable.has(slice.shard.shard)) written(state, slice);
    else if (attempts.ending) buffer.decide(slice.undecided, stopped({}));
    else refused(state, slice);
  }
}

function written({ options, buffer }: State, slice: FilledSlice) {
  const { shard, lsn, undecided } = slice;
  shard.head = lsn;
  options.onDurable(slice, undecided.reduce((sum, { bytes }) => sum + bytes, 0));
  buffer.decide(undecided, { shard: shard.shard, lsn });
}

function refused({ options, buffer }: State, { shard, undecided }: FilledSlice) {
  buffer.decide(undecided, fenced({ shard: shard.shard }));
  options.onFenced(shard);
}
