/**
 * What a flush is, and how one becomes certain (J1 to J3).
 *
 * Does not know: what waits for the outcome, SQL.
 */
import type { Logger } from '../kernel/index.ts';
import type { Touched } from './open-streams.ts';
import type { OutboxMessage } from './port.ts';
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
  /** The shards whose slices were written. Those that are missing were refused by the fence (J1). */
  write(slices: readonly Slice[]): Promise<readonly number[]>;
  /** The shards whose slices are in the log, by whichever attempt. */
  find(slices: readonly Slice[]): Promise<readonly number[]>;
}

export interface FlushOptions {
  readonly store: FlushStore;
  readonly log: Logger;
  /** Between two attempts, after so many failures in a row. */
  readonly pause: (failures: number) => Promise<void>;
}

/** Of the flush under way, seen from outside. */
export interface Attempts {
  /** How often it failed already; 0 when all is well. */
  failures: number;
  /** No further attempt: what is uncertain stays so. */
  ending: boolean;
}

/** Repeats the same slices until each is known to be written or refused (J3). Returns the shards that were written. */
export async function flushUntilCertain({ store, log, pause }: FlushOptions, slices: readonly Slice[], attempts: Attempts): Promise<ReadonlySet<number>> {
  const durable = new Set<number>();
  const uncertain = () => slices.filter(({ shard }) => !durable.has(shard.shard));
  const settle = (shards: readonly number[]) => shards.forEach((shard) => durable.add(shard));
  for (attempts.failures = 0; uncertain().length > 0 && !attempts.ending; ) {
    try {
      // Look first after a failure: refused now, a slice may still have been written by the attempt that failed.
      if (attempts.failures > 0) settle(await store.find(uncertain()));
      if (uncertain().length > 0) settle(await store.write(uncertain()));
      if (attempts.failures > 0 && uncertain().length > 0) settle(await store.find(uncertain()));
      break;
    } catch (error) {
      attempts.failures += 1;
      log.warn({ err: error, failures: attempts.failures, shards: uncertain().map(({ shard }) => shard.shard) }, 'a flush failed; it is looked for and repeated');
      await pause(attempts.failures);
    }
  }
  if (!attempts.ending) attempts.failures = 0;
  return durable;
}
