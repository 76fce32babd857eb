/**
 * The journal: every transition of every stream, appended to one fenced log a shard, in PostgreSQL.
 *
 * Owns: which shards are ours, what may be appended, and who learns of what is durable.
 * Does not know: tenants, workflows, what a record means.
 *
 * J1. One writer a shard. A flush writes only while it holds the shard's row FOR SHARE under its own epoch; a change
 *     of owner makes the next epoch and conflicts with that lock. So after the change nothing of an earlier epoch can
 *     be written, and what was written before it is seen. The lease's end is deliberately not checked there: while
 *     nobody has taken the shard, refusing its owner would only lose work.
 * J2. An append is whole: its records and its messages stand in one row each of one statement, or nowhere. It resolves
 *     only after that statement was committed.
 * J3. A flush whose outcome is unknown is looked for and repeated unchanged, under the same epoch and lsn, until it is
 *     known to be written or refused. So it is neither lost nor doubled, and the log has no gaps: (shard, lsn) is unique.
 * J4. One flush at a time in a lane; what comes meanwhile is the next batch.
 * J5. A record is applied exactly once: rows and position commit together; the position is read inside the transaction
 *     that moves it, and no two can begin at the same one.
 * J6. A message is delivered after its flush, in order within its shard, at least once; the delivered position never
 *     runs ahead of the deliveries.
 * J7. Nothing on a hot path updates or deletes a row: under a pinned snapshot that slows down without bound.
 * J8. Leases go by the database's clock. Here real time only decides when to ask.
 * J9. A new owner reads the rows that hold open streams, and the few since the last checkpoint; never the history.
 */
import { newId, traced, type Logger, type Service } from '../kernel/index.ts';
import type { Database } from '../storage/index.ts';
import { createAppliedPositions } from './applied.ts';
import { encodeMessages, encodeRecords } from './codec.ts';
import { createConnection } from './connection.ts';
import { appendMalformed, appendTooLarge, busy, fenced, noShardOwned, stopped } from './errors.ts';
import { createFlushStore } from './flush-store.ts';
import { createHandover } from './handover.ts';
import type { Append, Slice } from './flush.ts';
import { createLane } from './lane.ts';
import { createLease } from './lease.ts';
import { createMaterialiser, type Stall } from './materialiser.ts';
import { createOutbox } from './outbox.ts';
import { backoffMs, createBell, inRealTime, pause, within } from './pace.ts';
import type { Applier, Journal, JournalRecord, OutboxMessage, Position } from './port.ts';
import { recover } from './recovery.ts';
import { createRetention } from './retention.ts';
import { shardOfStream, type OwnedShard } from './shard.ts';

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

const MEBIBYTE = 1024 * 1024;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Leases after which a busy shard goes to a process that has fewer. */
const HANDOVER_LEASES = 10;

export function createJournal(options: JournalOptions): Journal & JournalProbe {
  const { database, shards, leaseMs, log, metrics = {} } = options;
  const bufferBytes = options.bufferBytes ?? 32 * MEBIBYTE;
  /** Epochs of the leases that are ours; a shard enters `owned` when its log was read. */
  const held = new Map<number, number>();
  const owned = new Map<number, OwnedShard>();
  const resumers: ((shard: number, open: Parameters<Parameters<Journal['onGained']>[0]>[1]) => Promise<void>)[] = [];
  const abandoners: ((shard: number) => void)[] = [];
  const newcomers = new Set<() => void>();
  let state: 'new' | 'running' | 'stopping' = 'new';

  const epochOf = (shard: number) => owned.get(shard)?.epoch;
  const isOurs = (shard: OwnedShard) => owned.get(shard.shard) === shard;

  const connection = createConnection({ database, purpose: 'journal flush', log, patienceMs: Math.max(leaseMs, 10_000) });
  const applied = createAppliedPositions({ database, log, isOurs: (shard) => owned.has(shard) });
  const outbox = createOutbox({ database, log });
  const retention = createRetention({ database, log, leaseMs, retainFlushes: options.retainFlushes ?? 100_000 });
  const lane = createLane({
    store: createFlushStore(connection), log, flushBytes: MEBIBYTE, pause: (failures) => pause(backoffMs(failures)), onDurable,
    onFenced: (shard) => isOurs(shard) && lose(shard.shard),
  });
  const materialiser = createMaterialiser({
    database, appliers: options.appliers, log, leaseMs, epochOf,
    onFenced: (shard, epoch) => epochOf(shard) === epoch && lose(shard),
    onApplied: ({ shard, lsn }, records) => {
      applied.advance({ shard, lsn });
      metrics.applied?.({ shard, records, behind: (owned.get(shard)?.head ?? lsn) - lsn });
    },
  });
  const handover = createHandover({ owned: () => owned.values(), patienceMs: leaseMs * HANDOVER_LEASES, leave: (shard) => void leave(shard) });
  const lease = createLease({
    database, id: newId(), name: options.process, shards, leaseMs, log, held: () => held,
    onGained: (shard, epoch) => void gain(shard, epoch),
    onLost: lose,
    onSurplus: handover.balance,
    onReconnected: recheck,
  });

  function onDurable({ shard, lsn, appends }: Slice, bytes: number) {
    shard.open.note(lsn, appends.flatMap(({ touched }) => touched));
    shard.uncovered.flushes += 1;
    shard.uncovered.bytes += bytes;
    metrics.flushed?.({ rows: 1, records: appends.reduce((sum, { touched }) => sum + touched.length, 0), bytes });
    if (!isOurs(shard)) return;
    outbox.told({ shard: shard.shard, lsn }, appends.flatMap((append) => append.outbox));
    materialiser.wake(shard.shard);
    retention.consider(shard);
  }

  /** Takes up a shard whose lease has just become ours: reads its log, resumes its streams, then opens it for new ones. */
  async function gain(shard: number, epoch: number) {
    held.set(shard, epoch);
    const stillHeld = () => held.get(shard) === epoch && state !== 'stopping';
    for (let failures = 1; stillHeld(); failures += 1) {
      try {
        const { records, delivered, ...found } = await recover(database, shard);
        if (!stillHeld()) return;
        return await takeUp({ shard, epoch, stage: 'resuming', ...found }, { records, delivered });
      } catch (error) {
        log.warn({ err: error, shard, failures }, 'the log of a gained shard could not be read; trying again');
        await pause(backoffMs(failures));
      }
    }
  }

  async function takeUp(shard: OwnedShard, { records, delivered }: Pick<Awaited<ReturnType<typeof recover>>, 'records' | 'delivered'>) {
    owned.set(shard.shard, shard);
    outbox.adopt(shard.shard, delivered);
    materialiser.wake(shard.shard);
    metrics.owned?.(owned.size);
    log.info({ shard: shard.shard, epoch: shard.epoch, head: shard.head, open: records.size }, 'shard gained');
    for (const resume of resumers)
      await resume(shard.shard, records).catch((error: unknown) => log.error({ err: error, shard: shard.shard }, 'open streams of a gained shard could not be resumed'));
    if (!isOurs(shard)) return;
    shard.stage = 'open';
    for (const admit of newcomers) admit();
  }

  /** The shard is somebody else's: nothing of ours may touch it again. */
  function lose(shard: number) {
    log.warn({ shard, epoch: held.get(shard) }, 'shard lost');
    held.delete(shard);
    metrics.fenced?.(shard);
    drop(shard);
  }

  function drop(shard: number) {
    const lost = owned.get(shard);
    if (!lost) return;
    lost.stage = 'gone';
    owned.delete(shard);
    lane.abandon(lost);
    outbox.drop(shard);
    applied.forget(shard);
    metrics.owned?.(owned.size);
    abandon(shard);
  }

  function abandon(shard: number) {
    for (const abandoner of abandoners) {
      try {
        abandoner(shard);
      } catch (error) {
        log.error({ err: error, shard }, 'a room failed to let go of a shard');
      }
    }
  }

  /** Hands one shard over without loss: no more appends, what was accepted becomes durable, then the lease goes. */
  async function leave(shard: OwnedShard) {
    shard.stage = 'leaving';
    log.info({ shard: shard.shard, open: shard.open.size }, 'handing a shard over');
    abandon(shard.shard);
    await within(quiet(shard), leaseMs).catch(() => undefined);
    if (!isOurs(shard)) return;
    held.delete(shard.shard);
    drop(shard.shard);
    await lease.release([shard]).catch((error: unknown) => log.warn({ err: error, shard: shard.shard }, 'a shard could not be released; it is taken as soon as our session or lease ends'));
  }

  /** Everything accepted is durable, delivered and applied: the next owner repeats nothing. */
  async function quiet(shard: OwnedShard) {
    await lane.settled(shard);
    await Promise.all([outbox.settled(shard.shard), applied.wait({ shard: shard.shard, lsn: shard.head })]);
  }

  /** After the server was away: what it had not yet written to disk is gone, and is applied again. */
  function recheck() {
    for (const shard of owned.keys()) {
      applied.forget(shard);
      materialiser.wake(shard);
    }
  }

  function appendOf(records: readonly JournalRecord[], outbox: readonly OutboxMessage[]): Append {
    const [first] = records;
    if (!first) throw appendMalformed({ reason: 'there is no record' });
    const number = shardOfStream(first.stream, shards);
    for (const { stream } of records) {
      if (!UUID.test(stream)) throw appendMalformed({ reason: `stream ${stream} is not a UUID` });
      if (shardOfStream(stream, shards) !== number) throw appendMalformed({ reason: `streams ${first.stream} and ${stream} lie in different shards` });
    }
    const shard = owned.get(number);
    if (!shard || shard.stage === 'leaving') throw fenced({ shard: number });
    const touched = records.map(({ stream, closes }) => ({ stream, closes: closes ?? false }));
    return { shard, records: encodeRecords(records), messages: encodeMessages(outbox), touched, outbox };
  }

  /** A stream that has begun is never refused for lack of room: nobody would go on with it. It waits instead. */
  function admit({ shard, records, messages, touched }: Append) {
    const bytes = records.length + messages.length;
    if (bytes > bufferBytes) throw appendTooLarge({ bytes, limitBytes: bufferBytes });
    if (touched.some(({ stream }) => !shard.open.has(stream))) refuseWhenFull(bytes);
  }

  function refuseWhenFull(bytes: number) {
    if (lane.bufferedBytes + bytes > bufferBytes) throw busy({ bufferedBytes: lane.bufferedBytes, limitBytes: bufferBytes });
  }

  async function append(records: readonly JournalRecord[], messages: readonly OutboxMessage[] = []): Promise<Position> {
    if (state !== 'running') throw stopped({});
    const accepted = appendOf(records, messages);
    admit(accepted);
    return traced({ from: 'journal', to: 'postgres', message: 'append_flush', facts: { shard: accepted.shard.shard } }, async (span) => {
      const position = await lane.append(accepted);
      span.setAttribute('hive.lsn', position.lsn);
      return position;
    });
  }

  const admitting = () => [...owned.values()].some(({ stage }) => stage === 'open');

  /** A process that has just started, or is being handed shards, has its first one within about a lease. */
  async function untilAdmitting() {
    const bell = createBell();
    let over = false;
    const timer = inRealTime(leaseMs, () => {
      over = true;
      bell.ring();
    });
    newcomers.add(bell.ring);
    try {
      while (!admitting() && !over && state === 'running') await bell.wait();
    } finally {
      newcomers.delete(bell.ring);
      timer.cancel();
    }
  }

  async function newStream(): Promise<string> {
    if (!admitting() && state === 'running') await untilAdmitting();
    if (state !== 'running') throw stopped({});
    if (!admitting()) throw noShardOwned({ waitedMs: leaseMs });
    refuseWhenFull(0);
    for (;;) {
      const stream = newId();
      if (owned.get(shardOfStream(stream, shards))?.stage === 'open') return stream;
    }
  }

  async function start() {
    state = 'running';
    applied.start();
    outbox.start();
    materialiser.start();
    lane.start();
    try {
      await lease.start();
    } catch (error) {
      // Half started we would count as a live process, and others would keep shards free for us.
      await stop();
      throw error;
    }
  }

  async function stop() {
    const wasRunning = state === 'running';
    state = 'stopping';
    for (const wake of newcomers) wake();
    if (wasRunning) {
      const all = [...owned.values()];
      for (const shard of all) shard.stage = 'leaving';
      await within(Promise.all(all.map(quiet)), leaseMs).catch(() => undefined);
    }
    await Promise.all([lane.stop(), connection.close()]);
    await Promise.all([materialiser.stop(), outbox.stop(), retention.stop(), applied.stop()]);
    for (const shard of [...owned.keys()]) drop(shard);
    await lease.stop();
    held.clear();
  }

  return {
    name: 'journal',
    start,
    stop,
    owned: () => [...owned.keys()].sort((a, b) => a - b),
    shardOf: (stream) => shardOfStream(stream, shards),
    newStream,
    append,
    applied: applied.wait,
    onGained: (resume) => void resumers.push(resume),
    onLost: (abandoner) => void abandoners.push(abandoner),
    onOutbox: outbox.onDeliver,
    health: () => ({
      healthy: lane.failures === 0 && materialiser.stalled().length === 0,
      owned: owned.size, bufferedBytes: lane.bufferedBytes, flushFailures: lane.failures, stalled: materialiser.stalled(),
    }),
  } satisfies Service & Journal & JournalProbe;
}
