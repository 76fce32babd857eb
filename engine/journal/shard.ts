import type { OpenStreams } from './open-streams.ts';

/** What an owner knows of its shard. Flushes move it on; it never outlives its epoch. */
export interface OwnedShard {
  readonly shard: number;
  readonly epoch: number;
  /** The last durable flush. */
  head: number;
  readonly open: OpenStreams;
  /** Flushes and bytes that a new owner would have to read beside the checkpoint's. */
  uncovered: { flushes: number; bytes: number };
}

/**
 * A shard in this process's hands. What is not in them has no life here.
 *
 *   recovering ──read──▶ resuming ──resumed──▶ open ◀──no surplus──▶ draining ──quiet or patience over──▶ leaving ──▶ none
 *       └───────────────────┴────────────────────┴── fenced ────────────┴────────────────────────────────────────────▶ none
 *   each of those that are owned ──the process stops──▶ leaving ──▶ parted ──▶ none
 *
 * recovering  the lease is ours, the log is being read: of the shard itself nothing is known yet.
 * resuming    its open streams are being taken up, new ones are not begun here.
 * open        everything is allowed.
 * draining    another process should have it: open streams go on, new ones begin elsewhere.
 * leaving     nothing is accepted any more; what was accepted is made durable, then the lease is released.
 * parted      nothing may touch it; the lease is ours until all leases are given back together.
 */
export type ShardLife =
  | { readonly stage: 'recovering' | 'parted'; readonly epoch: number }
  | { readonly stage: OwnedStage; readonly owned: OwnedShard };

export type OwnedStage = 'resuming' | 'open' | 'draining' | 'leaving';

/** The shard of a UUID. Its last digits are random in every version of UUID that may serve as a stream. */
export const shardOfStream = (stream: string, shards: number) => Number.parseInt(stream.slice(-8), 16) % shards;
