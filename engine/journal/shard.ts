import type { OpenStreams } from './open-streams.ts';

/**
 * A shard in this process's hands.
 *
 *   resuming ──resumed──▶ open ◀──no surplus──▶ draining ──quiet or patience over──▶ leaving ──▶ gone
 *       └───────────────────┴────── fenced ────────┴────────────────────────────────────────────▶ gone
 *
 * resuming  the lease is ours and the log was read; its open streams are being taken up, new ones are not begun here.
 * open      everything is allowed.
 * draining  another process should have it: open streams go on, new ones begin elsewhere.
 * leaving   nothing is accepted any more; what was accepted is made durable, then the lease is released.
 * gone      lost or released; nothing may touch it.
 */
export type Stage = 'resuming' | 'open' | 'draining' | 'leaving' | 'gone';

export interface OwnedShard {
  readonly shard: number;
  readonly epoch: number;
  stage: Stage;
  /** The last durable flush. */
  head: number;
  readonly open: OpenStreams;
  /** Flushes and bytes that a new owner would have to read beside the checkpoint's. */
  uncovered: { flushes: number; bytes: number };
}

/** The shard of a UUID. Its last digits are random in every version of UUID that may serve as a stream. */
export const shardOfStream = (stream: string, shards: number) => Number.parseInt(stream.slice(-8), 16) % shards;
