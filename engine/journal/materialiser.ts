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
import { applyBatch, type BatchOptions } from './apply-batch.ts';
import { backoffMs, createBell, inRealTime } from './pace.ts';
import type { Position } from './port.ts';

export interface MaterialiserOptions extends BatchOptions {
  readonly log: Logger;
  /** The epoch under which the shard is ours, or undefined. */
  readonly epochOf: (shard: number) => number | undefined;
  readonly onApplied: (position: Position, records: number) => void;
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

export function createMaterialiser(options: MaterialiserOptions): Materialiser {
  const { log, epochOf } = options;
  const bell = createBell();
  const dirty = new Set<number>();
  const stalls = new Map<number, Stall>();
  let ending = false;
  let loop: Promise<void> | undefined;

  function wake(shard: number) {
    dirty.add(shard);
    bell.ring();
  }

  async function catchUp(shard: number) {
    for (let epoch = epochOf(shard); epoch !== undefined && !ending; epoch = epochOf(shard)) {
      const batch = await applyBatch(options, { shard, epoch });
      if (!batch) return options.onFenced(shard, epoch);
      stalls.delete(shard);
      if (epochOf(shard) === epoch) options.onApplied({ shard, lsn: batch.upTo }, batch.records.length);
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
