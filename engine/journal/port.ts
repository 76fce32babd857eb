import type { Service } from '../kernel/index.ts';
import type { Sql } from '../storage/index.ts';

/** One transition of one stream (a run). The journal reads only what is named here, never `body`. */
export interface JournalRecord {
  /** UUID of the stream; decides the shard. */
  readonly stream: string;
  /** Opaque grouping key handed back to appliers (execution puts the tenant's id here). */
  readonly scope: string;
  /** Dotted name such as `run.created`; decides which applier takes it. */
  readonly kind: string;
  /** Milliseconds since the epoch, by the clock of the process that appends. */
  readonly at: number;
  /** JSON. */
  readonly body: unknown;
  /** Last record of its stream: a new owner of the shard has nothing to resume there. */
  readonly closes?: boolean;
}

/** Where a flush landed. `lsn` grows by one a flush, without gaps, within its shard. */
export interface Position {
  readonly shard: number;
  readonly lsn: number;
}

/** A record as read back; `index` is its place within the flush. */
export interface Recorded extends JournalRecord {
  readonly position: Position & { readonly index: number };
}

/** Something to be told outside once, and only if, the records beside it are durable. */
export interface OutboxMessage {
  readonly topic: string;
  readonly key: string;
  readonly body: unknown;
}

/** Fills tables from the log. All appliers of one batch and the applied position commit together. */
export interface Applier {
  readonly kinds: readonly string[];
  /** In the order of the log; `sql` is the owner inside one transaction, `sql.enter` moves it to a tenant. */
  apply(sql: Sql, records: readonly Recorded[]): Promise<void>;
}

export interface Journal extends Service {
  /** Shards whose lease this process holds now. */
  owned(): readonly number[];
  shardOf(stream: string): number;
  /** A fresh stream id that lies in a shard of ours; waits shortly for a first shard, then throws NO_SHARD_OWNED (503, retryable). */
  newStream(): Promise<string>;
  /** Resolves when durable. Rejects with JOURNAL_FENCED when another process owns the shard by now: drop the stream at once. */
  append(records: readonly JournalRecord[], outbox?: readonly OutboxMessage[]): Promise<Position>;
  /** Resolves when everything up to `position` stands in the tables: a request that must see its own write waits here. */
  applied(position: Position): Promise<void>;
  /** Called for each shard gained, with the records of its open streams in log order, before any append to it is accepted from elsewhere. */
  onGained(resume: (shard: number, open: ReadonlyMap<string, readonly Recorded[]>) => Promise<void>): void;
  /** Called when a shard is lost or given up; its streams must not be touched again. */
  onLost(abandon: (shard: number) => void): void;
  /** Delivers outbox messages after their flush, at least once, in order within a shard. */
  onOutbox(deliver: (messages: readonly (OutboxMessage & { position: Position })[]) => Promise<void>): void;
}
