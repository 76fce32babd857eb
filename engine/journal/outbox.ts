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
import { backoffMs, createBell, pause } from './pace.ts';
import type { OutboxMessage, Position } from './port.ts';
import { queries } from './queries.ts';

export type Delivery = OutboxMessage & { position: Position };
export type Deliver = (messages: readonly Delivery[]) => Promise<void>;

const [MESSAGES_IN_MEMORY, ROWS_A_PAGE] = [2_000, 64];

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
  told(shard: number, lsn: number, messages: readonly OutboxMessage[]): void;
  /** The shard is not ours any more. */
  drop(shard: number): void;
  /** Resolves when everything told so far is delivered. */
  settled(shard?: number): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

interface Queue {
  readonly shard: number;
  delivered: number;
  waiting: Delivery[];
  /** The table holds messages that come after those in `waiting`, or may. */
  more: boolean;
  /** Something was told, and not kept in memory, since the table was last read. */
  missed: boolean;
  pumping: Promise<void> | undefined;
}

export function createOutbox({ database, log }: OutboxOptions): Outbox {
  const receivers: Deliver[] = [];
  const queues = new Map<number, Queue>();
  const unrecorded = new Map<number, number>();
  const bell = createBell();
  let ending = false;
  let loop: Promise<void> | undefined;

  const isCurrent = (queue: Queue) => !ending && queues.get(queue.shard) === queue;

  /** Repeats until it succeeds or there is no point in it any more. */
  async function persist(queue: Queue, what: string, work: () => Promise<void>) {
    for (let failures = 1; isCurrent(queue); failures += 1) {
      try {
        return await work();
      } catch (error) {
        log.warn({ err: error, shard: queue.shard, failures }, `${what}; trying again`);
        await pause(backoffMs(failures, 5_000));
      }
    }
  }

  async function readBack(queue: Queue) {
    queue.missed = false;
    const rows = await database.asOwner((sql) =>
      sql.rows<{ lsn: string; messages: Buffer }>(queries.read_undelivered, [queue.shard, queue.delivered, ROWS_A_PAGE]),
    );
    // Only an empty page during which nothing was told proves that memory may take over again.
    if (rows.length === 0 && !queue.missed) queue.more = false;
    return rows.flatMap(({ lsn, messages }) => decodeMessages(messages).map((message) => ({ ...message, position: { shard: queue.shard, lsn: Number(lsn) } })));
  }

  async function deliver(queue: Queue, messages: readonly Delivery[]) {
    const last = messages.at(-1)?.position.lsn;
    if (last === undefined) return;
    await persist(queue, 'messages of the outbox could not be delivered', async () => {
      for (const receive of receivers) await receive(messages);
      queue.delivered = last;
      unrecorded.set(queue.shard, last);
      bell.ring();
    });
  }

  async function pump(queue: Queue) {
    while (isCurrent(queue) && (queue.more || queue.waiting.length > 0)) {
      if (queue.waiting.length === 0) {
        await persist(queue, 'the outbox could not be read', async () => deliver(queue, await readBack(queue)));
        continue;
      }
      const messages = queue.waiting;
      queue.waiting = [];
      await deliver(queue, messages);
    }
  }

  function work(queue: Queue) {
    if (!loop || receivers.length === 0) return;
    queue.pumping ??= pump(queue).finally(() => {
      queue.pumping = undefined;
      if (isCurrent(queue) && (queue.more || queue.waiting.length > 0)) work(queue);
    });
  }

  function told(shard: number, lsn: number, messages: readonly OutboxMessage[]) {
    const queue = queues.get(shard);
    if (!queue || messages.length === 0) return;
    if (queue.more || queue.waiting.length + messages.length > MESSAGES_IN_MEMORY) queue.more = queue.missed = true;
    else for (const message of messages) queue.waiting.push({ ...message, position: { shard, lsn } });
    work(queue);
  }

  function adopt(shard: number, delivered: number) {
    const queue: Queue = { shard, delivered, waiting: [], more: true, missed: false, pumping: undefined };
    queues.set(shard, queue);
    work(queue);
  }

  /** Coalesces by itself: while one insert is under way the next positions gather. */
  async function record() {
    while (!ending || unrecorded.size > 0) {
      if (unrecorded.size === 0) await bell.wait();
      const positions = [...unrecorded];
      unrecorded.clear();
      if (positions.length === 0) continue;
      try {
        await database.asOwner((sql) => sql.affected(queries.record_delivered, [positions.map(([shard]) => shard), positions.map(([, lsn]) => lsn)]));
      } catch (error) {
        // A later position says all that these say; unrecorded, messages are only delivered again.
        log.warn({ err: error }, 'delivered positions could not be recorded; they are with the next ones');
        if (!ending) await pause(1_000);
      }
    }
  }

  async function settled(shard?: number) {
    for (const queue of queues.values()) if (shard === undefined || queue.shard === shard) await queue.pumping;
  }

  async function stop() {
    ending = true;
    bell.ring();
    await Promise.all([...queues.values()].map((queue) => queue.pumping));
    await loop;
  }

  return {
    onDeliver: (receive) => void receivers.push(receive),
    adopt,
    told,
    drop: (shard) => void queues.delete(shard),
    settled,
    start: () => void (loop ??= record()),
    stop,
  };
}
