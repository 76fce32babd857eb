import type { OutboxMessage, Position } from './port.ts';

export type Delivery = OutboxMessage & { position: Position };

/** Messages of one shard kept in memory; beyond them only the fact that there are more. */
const MESSAGES_IN_MEMORY = 2_000;

/** What one shard has still to deliver. */
export interface Queue {
  readonly shard: number;
  delivered: number;
  waiting: Delivery[];
  /** The table holds messages that come after those in `waiting`, or may. */
  more: boolean;
  /** Something was told, and not kept in memory, since the table was last read. */
  missed: boolean;
  pumping: Promise<void> | undefined;
}

/** A new owner cannot know what its predecessor left in the table, so it begins by reading. */
export const inheritedQueue = (shard: number, delivered: number): Queue => ({ shard, delivered, waiting: [], more: true, missed: false, pumping: undefined });

export const hasWork = (queue: Queue) => queue.more || queue.waiting.length > 0;

export function keepOrMiss(queue: Queue, messages: readonly Delivery[]) {
  if (queue.more || queue.waiting.length + messages.length > MESSAGES_IN_MEMORY) queue.more = queue.missed = true;
  else queue.waiting.push(...messages);
}

export function takeWaiting(queue: Queue): readonly Delivery[] {
  const messages = queue.waiting;
  queue.waiting = [];
  return messages;
}
