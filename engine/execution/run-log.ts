/**
 * RunLog: what one execution did, so far and next, as a sequence of records in the journal.
 *
 * Owns: the order of an execution's records and the memory of what was recorded before a crash.
 * Does not know: what the records mean.
 *
 * R1. The run loop is deterministic but for what passes through `once`: given the same recorded bodies it asks
 *     for the same kinds in the same order. So resuming is running the loop again from its start: recorded
 *     answers are handed back instead of being made a second time.
 * R2. `barrier` resolves when everything noted before it is durable. Nothing that depends on a record leaves
 *     the engine before its barrier.
 * R3. After the journal refuses an append the log is dead: each further call throws, the run stops where it
 *     stands, and the shard's new owner goes on from the last durable record.
 */
import type { Clock } from '../kernel/index.ts';
import type { Journal, JournalRecord, OutboxMessage, Position, Recorded } from '../journal/index.ts';
import { replayDiverged } from './errors.ts';
import type { RecordBodies, RecordKind } from './records.ts';

export interface RunLog {
  readonly executionId: string;
  readonly tenantId: string;
  /** How many records are still to be handed back; 0 in a run that was never interrupted. */
  readonly replaying: number;
  /**
   * The recorded body where there is one; else makes it, notes it for the next barrier, and returns it.
   * `tell` says what is told outside once the record is durable; a replayed record was told, or is in the outbox.
   */
  once<Kind extends RecordKind>(
    kind: Kind,
    make: () => RecordBodies[Kind] | Promise<RecordBodies[Kind]>,
    tell?: (body: RecordBodies[Kind]) => OutboxMessage | undefined,
  ): Promise<RecordBodies[Kind]>;
  /** R2. Returns the position of what was flushed, or of the last flush when nothing was pending. */
  barrier(): Promise<Position | undefined>;
}

export interface RunLogOptions {
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Clock;
  readonly executionId: string;
  readonly tenantId: string;
  readonly recorded: readonly Recorded[];
}

export function createRunLog({ journal, clock, executionId, tenantId, recorded }: RunLogOptions): RunLog {
  let cursor = 0;
  let pending: JournalRecord[] = [];
  let outbox: OutboxMessage[] = [];
  let last: Position | undefined = recorded.at(-1)?.position;
  let dead: unknown;

  function replayed<Kind extends RecordKind>(kind: Kind): RecordBodies[Kind] {
    const record = recorded[cursor++]!;
    if (record.kind !== kind) throw replayDiverged({ executionId, recorded: record.kind, found: kind });
    return record.body as RecordBodies[Kind];
  }

  const once: RunLog['once'] = async (kind, make, tell) => {
    if (dead) throw dead;
    if (cursor < recorded.length) return replayed(kind);
    const body = await make();
    const message = tell?.(body);
    if (message) outbox.push(message);
    pending.push({ stream: executionId, scope: tenantId, kind, at: clock.now(), body, ...(kind === 'run.finished' && { closes: true }) });
    return body;
  };

  async function barrier() {
    if (dead) throw dead;
    if (pending.length === 0) return last;
    const [records, messages] = [pending, outbox];
    [pending, outbox] = [[], []];
    try {
      last = await journal.append(records, messages);
      return last;
    } catch (error) {
      dead = error;
      throw error;
    }
  }

  return {
    executionId,
    tenantId,
    get replaying() {
      return recorded.length - cursor;
    },
    once,
    barrier,
  };
}
