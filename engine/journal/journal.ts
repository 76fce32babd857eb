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
import { traced, type Service } from '../kernel/index.ts';
import type { Slice } from './flush.ts';
import type { JournalHealth, JournalOptions, JournalProbe } from './options.ts';
import { backoffMs, pause, within } from './pace.ts';
import { assemble, type Parts } from './parts.ts';
import type { Journal, JournalRecord, OutboxMessage, Position } from './port.ts';
import { recover, type Recovered } from './recovery.ts';
import { shardOfStream, type OwnedShard } from './shard.ts';

export function createJournal(options: JournalOptions): Journal & JournalProbe {
  const parts = assemble(options, { durable, materialised, gain, lose, leave, recheck });
  const { ownership, admission, listeners, outbox } = parts;
  return {
    name: 'journal',
    start: () => start(parts),
    stop: () => stop(parts),
    owned: () => ownership.owned().map(({ shard }) => shard).sort((a, b) => a - b),
    shardOf: (stream) => shardOfStream(stream, options.shards),
    newStream: admission.newStream,
    append: (records, messages) => append(parts, records, messages),
    applied: parts.applied.wait,
    onGained: listeners.onGained,
    onLost: listeners.onLost,
    onOutbox: outbox.onDeliver,
    health: () => healthOf(parts),
  } satisfies Service & Journal & JournalProbe;
}

// A record's way: append -> flush (lane.ts, flush.ts) -> durable -> outbox, and applied.

async function append({ admission, lane }: Parts, records: readonly JournalRecord[], messages: readonly OutboxMessage[] = []): Promise<Position> {
  const accepted = admission.accept(records, messages);
  return traced({ from: 'journal', to: 'postgres', message: 'append_flush', facts: { shard: accepted.shard.shard } }, async (span) => {
    const position = await lane.append(accepted);
    span.setAttribute('hive.lsn', position.lsn);
    return position;
  });
}

/** Also when the shard was taken since it was flushed: then its new owner, who read the flush, goes on with it (J1, J9). */
function durable(parts: Parts, { shard, lsn, appends }: Slice, bytes: number) {
  const touched = appends.flatMap((append) => append.touched);
  shard.open.note(lsn, touched);
  shard.uncovered.flushes += 1;
  shard.uncovered.bytes += bytes;
  parts.options.metrics?.flushed?.({ rows: 1, records: touched.length, bytes });
  if (!parts.ownership.isOurs(shard)) return;
  parts.outbox.told({ shard: shard.shard, lsn }, appends.flatMap((append) => append.outbox));
  parts.materialiser.wake(shard.shard);
  parts.retention.consider(shard);
}

function materialised(parts: Parts, { shard, lsn }: Position, records: number) {
  parts.applied.advance({ shard, lsn });
  parts.options.metrics?.applied?.({ shard, records, behind: (parts.ownership.of(shard)?.head ?? lsn) - lsn });
}

// A shard's way: gain -> recover -> own -> lose, or leave (its stages: shard.ts).

/** The lease has just become ours: reads the shard's log, resumes its streams, then opens it for new ones. */
async function gain(parts: Parts, shard: number, epoch: number) {
  parts.ownership.recovering(shard, epoch);
  const recovered = await recoverWhileHeld(parts, shard, epoch);
  if (!recovered) return;
  const { head, open, uncovered, delivered, records } = recovered;
  const owned: OwnedShard = { shard, epoch, head, open, uncovered };
  own(parts, owned, delivered);
  await parts.listeners.resume(shard, records);
  // Lost meanwhile, or leaving because the process stops.
  if (!parts.ownership.isOurs(owned) || parts.ownership.stageOf(shard) !== 'resuming') return;
  parts.ownership.move(owned, 'open');
  parts.admission.changed();
}

async function recoverWhileHeld({ options, ownership, service }: Parts, shard: number, epoch: number): Promise<Recovered | undefined> {
  const stillHeld = () => ownership.heldEpoch(shard) === epoch && service.phase !== 'stopping';
  for (let failures = 1; stillHeld(); failures += 1) {
    try {
      const recovered = await recover(options.database, shard);
      return stillHeld() ? recovered : undefined;
    } catch (error) {
      options.log.warn({ err: error, shard, failures }, 'the log of a gained shard could not be read; trying again');
      await pause(backoffMs(failures));
    }
  }
  return undefined;
}

function own({ options, ownership, outbox, materialiser }: Parts, owned: OwnedShard, delivered: number) {
  const { shard, epoch, head, open } = owned;
  ownership.resuming(owned);
  outbox.adopt(shard, delivered);
  materialiser.wake(shard);
  options.metrics?.owned?.(ownership.owned().length);
  options.log.info({ shard, epoch, head, open: open.size }, 'shard gained');
}

/** The shard is somebody else's: nothing of ours may touch it again. */
function lose(parts: Parts, shard: number) {
  const { options, ownership } = parts;
  options.log.warn({ shard, epoch: ownership.heldEpoch(shard) }, 'shard lost');
  const lost = ownership.forget(shard);
  options.metrics?.fenced?.(shard);
  if (lost) drop(parts, lost);
}

/** Hands one shard over without loss: no more appends, what was accepted becomes durable, then the lease goes. */
async function leave(parts: Parts, owned: OwnedShard) {
  const { ownership, listeners, lease, options: { log, leaseMs } } = parts;
  const { shard } = owned;
  ownership.move(owned, 'leaving');
  log.info({ shard, open: owned.open.size }, 'handing a shard over');
  listeners.abandon(shard);
  await within(quiet(parts, owned), leaseMs).catch(() => undefined);
  if (!ownership.isOurs(owned)) return;
  ownership.forget(shard);
  drop(parts, owned);
  await lease.release([owned]).catch((error: unknown) => log.warn({ err: error, shard }, 'a shard could not be released; it is taken as soon as our session or lease ends'));
}

/** Everything accepted is durable, delivered and applied: the next owner repeats nothing. */
async function quiet({ lane, outbox, applied }: Parts, owned: OwnedShard) {
  await lane.settled(owned);
  await Promise.all([outbox.settled(owned.shard), applied.wait({ shard: owned.shard, lsn: owned.head })]);
}

/** Every part lets go of what is not owned any more. */
function drop({ options, ownership, lane, outbox, applied, listeners }: Parts, owned: OwnedShard) {
  lane.abandon(owned);
  outbox.drop(owned.shard);
  applied.forget(owned.shard);
  options.metrics?.owned?.(ownership.owned().length);
  listeners.abandon(owned.shard);
}

/** After the server was away: what it had not yet written to disk is gone, and is applied again. */
function recheck({ ownership, applied, materialiser }: Parts) {
  for (const { shard } of ownership.owned()) {
    applied.forget(shard);
    materialiser.wake(shard);
  }
}

// The process's way.

async function start(parts: Parts) {
  parts.service.phase = 'running';
  parts.applied.start();
  parts.outbox.start();
  parts.materialiser.start();
  parts.lane.start();
  try {
    await parts.lease.start();
  } catch (error) {
    // Half started we would count as a live process, and others would keep shards free for us.
    await stop(parts);
    throw error;
  }
}

async function stop(parts: Parts) {
  const { service, ownership, admission, lane, lease } = parts;
  const wasRunning = service.phase === 'running';
  service.phase = 'stopping';
  admission.changed();
  if (wasRunning) await leaveAll(parts);
  await Promise.all([lane.stop(), parts.connection.close()]);
  await Promise.all([parts.materialiser.stop(), parts.outbox.stop(), parts.retention.stop(), parts.applied.stop()]);
  for (const owned of ownership.owned()) {
    ownership.part(owned);
    drop(parts, owned);
  }
  await lease.stop();
  ownership.clear();
}

/** Like `leave`, for all at once; their leases are given back together, at the end of `stop`. */
async function leaveAll(parts: Parts) {
  const all = parts.ownership.owned();
  for (const owned of all) parts.ownership.move(owned, 'leaving');
  await within(Promise.all(all.map((owned) => quiet(parts, owned))), parts.options.leaseMs).catch(() => undefined);
}

function healthOf({ lane, ownership, materialiser }: Parts): JournalHealth {
  const [stalled, { bufferedBytes, failures: flushFailures }] = [materialiser.stalled(), lane];
  return { healthy: flushFailures === 0 && stalled.length === 0, owned: ownership.owned().length, bufferedBytes, flushFailures, stalled };
}
