/**
 * The outbox tells outside what became durable: in order within a shard, at least once (J6).
 *
 * Owns: the order of delivery, trying again, the delivered position.
 * Does not know: where messages go.
 *
 * Messages come straight from the flush. When they cannot be delivered as fast as they come, memory keeps only the
 * fact that there are more, and they are read back from their table; a new owner begins the same way.
 */
import type { Logger } from '../kernel/index.ts';
import type { Database } from '../storage/index.ts';
import { decodeMessages } from './codec.ts';
import { createDeliveredPositions, type DeliveredPositions } from './delivered.ts';
import { hasWork, inheritedQueue, keepOrMiss, takeWaiting, type Delivery, type Queue } from './outbox-queue.ts';
import { backoffMs, pause } from './pace.ts';
import type { OutboxMessage, Position } from './port.ts';
import { queries } from './queries.ts';

export type Deliver = (messages: readonly Delivery[]) => Promise<void>;

const ROWS_A_PAGE = 64;

export interface OutboxOptions {
  readonly database: Pick<Database, 'asOwner'>;
  readonly log: Logger;
}

export interface Outbox {
  /** Before `start`. Each batch goes to every receiver, in the order of registration. */
  onDeliver(deliver: Deliver): void;
  /** The shard is ours: what its last owner did not deliver is delivered first. */
  adopt(shard: number, delivered: number): void;
  /** A flush is durable. */
  told(position: Position, messages: readonly OutboxMessage[]): void;
  /** The shard is not ours any more. */
  drop(shard: number): void;
  /** Resolves when everything told so far is delivered. */
  settled(shard?: number): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

interface State extends OutboxOptions {
  readonly receivers: Deliver[];
  readonly queues: Map<number, Queue>;
  readonly positions: DeliveredPositions;
  phase: 'new' | 'started' | 'ending';
}

export function createOutbox({ database, log }: OutboxOptions): Outbox {
  const state: State = { database, log, receivers: [], queues: new Map(), positions: createDeliveredPositions({ database, log }), phase: 'new' };

  function told(position: Position, messages: readonly OutboxMessage[]) {
    const queue = state.queues.get(position.shard);
    if (!queue || messages.length === 0) return;
    keepOrMiss(queue, messages.map((message) => ({ ...message, position })));
    work(state, queue);
  }

  function adopt(shard: number, delivered: number) {
    const queue = inheritedQueue(shard, delivered);
    state.queues.set(shard, queue);
    work(state, queue);
  }

  function start() {
    if (state.phase === 'new') state.phase = 'started';
    state.positions.start();
  }

  async function settled(shard?: number) {
    for (const queue of state.queues.values()) if (shard === undefined || queue.shard === shard) await queue.pumping;
  }

  async function stop() {
    state.phase = 'ending';
    await Promise.all([state.positions.stop(), ...[...state.queues.values()].map((queue) => queue.pumping)]);
  }

  return { onDeliver: (receive) => void state.receivers.push(receive), adopt, told, drop: (shard) => void state.queues.delete(shard), settled, start, stop };
}

const isCurrent = ({ phase, queues }: State, queue: Queue) => phase !== 'ending' && queues.get(queue.shard) === queue;

/** One pump a queue; whoever finds it running leaves the rest to it. */
function work(state: State, queue: Queue) {
  if (state.phase !== 'started' || state.receivers.length === 0) return;
  queue.pumping ??= pump(state, queue).finally(() => {
    queue.pumping = undefined;
    if (isCurrent(state, queue) && hasWork(queue)) work(state, queue);
  });
}

async function pump(state: State, queue: Queue) {
  while (isCurrent(state, queue) && hasWork(queue)) {
    if (queue.waiting.length > 0) await deliver(state, queue, takeWaiting(queue));
    else await persist(state, queue, { what: 'the outbox could not be read', work: async () => deliver(state, queue, await readBack(state, queue)) });
  }
}

async function deliver(state: State, queue: Queue, messages: readonly Delivery[]) {
  const last = messages.at(-1)?.position.lsn;
  if (last === undefined) return;
  const tell = async () => {
    for (const receive of state.receivers) await receive(messages);
    queue.delivered = last;
    state.positions.note({ shard: queue.shard, lsn: last });
  };
  await persist(state, queue, { what: 'messages of the outbox could not be delivered', work: tell });
}

async function readBack({ database }: State, queue: Queue): Promise<Delivery[]> {
  queue.missed = false;
  const rows = await database.asOwner((sql) =>
    sql.rows<{ lsn: string; messages: Buffer }>(queries.read_undelivered, [queue.shard, queue.delivered, ROWS_A_PAGE]),
  );
  // Only an empty page during which nothing was told proves that memory may take over again.
  if (rows.length === 0 && !queue.missed) queue.more = false;
  return rows.flatMap(({ lsn, messages }) => decodeMessages(messages).map((message) => ({ ...message, position: { shard: queue.shard, lsn: Number(lsn) } })));
}

/** Repeats until it succeeds or there is no point in it any more. */
async function persist(state: State, queue: Queue, { what, work }: { what: string; work: () => Promise<void> }) {
  for (let failures = 1; isCurrent(state, queue); failures += 1) {
    try {
      return await work();
    } catch (error) {
      state.log.warn({ err: error, shard: queue.shard, failures }, `${what}; trying again`);
      await pause(backoffMs(failures, 5_000));
    }
  }
}
