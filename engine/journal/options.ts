import type { Logger } from '../kernel/index.ts';
import type { Database } from '../storage/index.ts';
import type { Stall } from './materialiser.ts';
import type { Applier } from './port.ts';

/** What the journal reports of itself; main binds it to metrics. */
export interface JournalMetrics {
  flushed(facts: { rows: number; records: number; bytes: number }): void;
  applied(facts: { shard: number; records: number; behind: number }): void;
  owned(shards: number): void;
  fenced(shard: number): void;
}

export interface JournalOptions {
  readonly database: Pick<Database, 'connect' | 'asOwner'>;
  /** Logical shards; fixed for the life of a database. */
  readonly shards: number;
  readonly leaseMs: number;
  /** Names this process for people; two may share it. */
  readonly process: string;
  /** Called in this order within one transaction. */
  readonly appliers: readonly Applier[];
  readonly log: Logger;
  readonly metrics?: Partial<JournalMetrics>;
  /** Bytes that may wait to be durable before nothing new is begun. */
  readonly bufferBytes?: number;
  /** Flushes a shard kept for rebuilding tables. */
  readonly retainFlushes?: number;
}

export interface JournalHealth {
  /** False when the log cannot be written or some shard's records cannot be applied. */
  readonly healthy: boolean;
  readonly owned: number;
  readonly bufferedBytes: number;
  /** How often the present flush failed already. */
  readonly flushFailures: number;
  readonly stalled: readonly Stall[];
}

export interface JournalProbe {
  health(): JournalHealth;
}
