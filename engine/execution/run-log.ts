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
 *     stands, and the shard's new owner goes on from the last durable record. Only what the journal will never
 *     take, such as too large an append, leaves the execution here: it can still be ended (`cut`).
 * R4. After `letGo` the log is dead too, although the journal would still take appends: the shard may be ours
 *     again by now, under a new epoch, and the run carried on from the log by its successor.
 */
import { setImmediate } from 'node:timers/promises';
import { HiveError, type Clock } from '../kernel/index.ts';
import type { Journal, JournalRecord, OutboxMessage, Position, Recorded } from '../journal/index.ts';
import { replayDiverged } from './errors.ts';
import type { RecordBodies, RecordKind } from './records.ts';
import { createStanding, type Standing } from './standing.ts';

export interface RunLog {
  readonly executionId: string;
  readonly tenantId: string;
  /** How many records are still to be handed back; 0 in a run that was never interrupted. */
  readonly replaying: number;
  /** After everything that is durable, replayed or not yet. */
  readonly standing: Standing;
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
  /** Whether another process, or a later run of this one, goes on with the execution (R3, R4). */
  readonly lost: boolean;
  /** Forgets what is noted and not durable, and what is left to be replayed: what is noted next follows the last durable record. */
  cut(): void;
}

export interface RunLogOptions {
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Clock;
  readonly executionId: string;
  readonly tenantId: string;
  readonly recorded: readonly Recorded[];
  readonly letGo: AbortSignal;
}

/** A replay gives way after so many records: it must not keep its process from renewing the lease. */
const RECORDS_IN_ONE_GO = 1_000;

export function createRunLog({ journal, clock, executionId, tenantId, recorded, letGo }: RunLogOptions): RunLog {
  const standing = createStanding();
  recorded.forEach(standing.note);
  // Emptied when it was handed back, so that a long run does not keep its history twice.
  let history = recorded;
  let cursor = 0;
  let pending: JournalRecord[] = [];
  let outbox: OutboxMessage[] = [];
  let last: Position | undefined = recorded.at(-1)?.position;
  let refused: unknown;

  function requireLife() {
    letGo.throwIfAborted();
    if (refused) throw refused;
  }

  function forgetHistory() {
    history = [];
    cursor = 0;
  }

  async function replayed<Kind extends RecordKind>(kind: Kind): Promise<RecordBodies[Kind]> {
    const record = history[cursor]!;
    if (record.kind !== kind) throw replayDiverged({ executionId, recorded: record.kind, found: kind });
    cursor += 1;
    if (cursor % RECORDS_IN_ONE_GO === 0) await setImmediate();
    if (cursor === history.length) forgetHistory();
    return record.body as RecordBodies[Kind];
  }

  const once: RunLog['once'] = async (kind, make, tell) => {
    requireLife();
    if (cursor < history.length) return replayed(kind);
    const body = await make();
    requireLife();
    const message = tell?.(body);
    if (message) outbox.push(message);
    pending.push({ stream: executionId, scope: tenantId, kind, at: clock.now(), body, ...(kind === 'run.finished' && { closes: true }) });
    return body;
  };

  async function barrier() {
    requireLife();
    if (pending.length === 0) return last;
    const [records, messages] = [pending, outbox];
    [pending, outbox] = [[], []];
    try {
      last = await journal.append(records, messages);
    } catch (error) {
      refused = error;
      throw error;
    }
    records.forEach(standing.note);
    return last;
  }

  function cut() {
    [pending, outbox] = [[], []];
    forgetHistory();
    refused = undefined;
  }

  return {
    executionId,
    tenantId,
    standing,
    get replaying() {
      return history.length - cursor;
    },
    get lost() {
      return letGo.aborted || (refused instanceof HiveError && refused.retryable);
    },
    once,
    barrier,
    cut,
  };
}
