/**
 * How far the outbox of each shard was delivered, written down behind the deliveries (J6).
 *
 * Always inserted, never updated (J7). Coalesces by itself: while one insert is under way the next positions gather.
 */
import type { Logger } from '../kernel/index.ts';
import type { Database } from '../storage/index.ts';
import { createBell, pause } from './pace.ts';
import type { Position } from './port.ts';
import { queries } from './queries.ts';

export interface DeliveredPositions {
  note(position: Position): void;
  start(): void;
  /** Returns when what was noted before is written, or could not be. */
  stop(): Promise<void>;
}

export interface DeliveredOptions {
  readonly database: Pick<Database, 'asOwner'>;
  readonly log: Logger;
}

export function createDeliveredPositions({ database, log }: DeliveredOptions): DeliveredPositions {
  const unrecorded = new Map<number, number>();
  const bell = createBell();
  let ending = false;
  let loop: Promise<void> | undefined;

  async function record(positions: readonly (readonly [shard: number, lsn: number])[]) {
    try {
      await database.asOwner((sql) => sql.affected(queries.record_delivered, [positions.map(([shard]) => shard), positions.map(([, lsn]) => lsn)]));
    } catch (error) {
      // A later position says all that these say; unrecorded, messages are only delivered again.
      log.warn({ err: error }, 'delivered positions could not be recorded; they are with the next ones');
      if (!ending) await pause(1_000);
    }
  }

  async function run() {
    while (!ending || unrecorded.size > 0) {
      if (unrecorded.size === 0) await bell.wait();
      const positions = [...unrecorded];
      unrecorded.clear();
      if (positions.length > 0) await record(positions);
    }
  }

  function note({ shard, lsn }: Position) {
    unrecorded.set(shard, lsn);
    bell.ring();
  }

  async function stop() {
    ending = true;
    bell.ring();
    await loop;
  }

  return { note, start: () => void (loop ??= run()), stop };
}
