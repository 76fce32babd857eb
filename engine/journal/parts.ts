/**
 * The parts of the room, put together. None of them knows another: what one notices is passed on to the steps of
 * journal.ts, which say what follows.
 */
import { newId } from '../kernel/index.ts';
import { createAdmission, type Admission } from './admission.ts';
import { createAppliedPositions, type AppliedPositions } from './applied.ts';
import { createConnection, type Connection } from './connection.ts';
import { createFlushStore } from './flush-store.ts';
import type { Slice } from './flush.ts';
import { createHandover } from './handover.ts';
import { createLane, type Lane } from './lane.ts';
import { createLease, type Lease } from './lease.ts';
import { createListeners, type Listeners } from './listeners.ts';
import { createMaterialiser, type Materialiser } from './materialiser.ts';
import type { JournalOptions } from './options.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createOwnership, type Ownership } from './ownership.ts';
import { backoffMs, pause } from './pace.ts';
import type { Position } from './port.ts';
import { createRetention, type Retention } from './retention.ts';
import type { OwnedShard } from './shard.ts';

const MEBIBYTE = 1024 * 1024;
const [BUFFER_BYTES, FLUSH_BYTES] = [32 * MEBIBYTE, MEBIBYTE];
const RETAIN_FLUSHES = 100_000;
/** Leases after which a busy shard goes to a process that has fewer. */
const HANDOVER_LEASES = 10;

export interface Parts {
  readonly options: JournalOptions;
  readonly service: { phase: 'new' | 'running' | 'stopping' };
  readonly ownership: Ownership;
  readonly listeners: Listeners;
  readonly admission: Admission;
  readonly connection: Connection;
  readonly lane: Lane;
  readonly outbox: Outbox;
  readonly materialiser: Materialiser;
  readonly applied: AppliedPositions;
  readonly retention: Retention;
  readonly lease: Lease;
}

/** What follows when a part notices something. */
export interface Steps {
  durable(parts: Parts, slice: Slice, bytes: number): void;
  materialised(parts: Parts, position: Position, records: number): void;
  gain(parts: Parts, shard: number, epoch: number): Promise<void>;
  lose(parts: Parts, shard: number): void;
  leave(parts: Parts, shard: OwnedShard): Promise<void>;
  recheck(parts: Parts): void;
}

export function assemble(options: JournalOptions, steps: Steps): Parts {
  const { database, shards, leaseMs, log, appliers } = options;
  const service: Parts['service'] = { phase: 'new' };
  const ownership = createOwnership();
  const connection = createConnection({ database, purpose: 'journal flush', log, patienceMs: Math.max(leaseMs, 10_000) });
  const lane = createLane({
    store: createFlushStore(connection), log, flushBytes: FLUSH_BYTES, pause: (failures) => pause(backoffMs(failures)),
    onDurable: (slice, bytes) => steps.durable(parts, slice, bytes),
    onFenced: (shard) => ownership.isOurs(shard) && steps.lose(parts, shard.shard),
  });
  const admission = createAdmission({
    ownership, shards, leaseMs, bufferBytes: options.bufferBytes ?? BUFFER_BYTES,
    bufferedBytes: () => lane.bufferedBytes,
    running: () => service.phase === 'running',
  });
  const epochOf = (shard: number) => ownership.of(shard)?.epoch;
  const materialiser = createMaterialiser({
    database, appliers, log, leaseMs, epochOf,
    onFenced: (shard, epoch) => epochOf(shard) === epoch && steps.lose(parts, shard),
    onApplied: (position, records) => steps.materialised(parts, position, records),
  });
  const handover = createHandover({ ownership, patienceMs: leaseMs * HANDOVER_LEASES, leave: (shard) => void steps.leave(parts, shard) });
  const lease = createLease({
    database, id: newId(), name: options.process, shards, leaseMs, log, held: ownership.held,
    onGained: (shard, epoch) => void steps.gain(parts, shard, epoch),
    onLost: (shard) => steps.lose(parts, shard),
    onSurplus: handover.balance,
    onReconnected: () => steps.recheck(parts),
  });
  const parts: Parts = {
    options, service, ownership, connection, lane, admission, materialiser, lease,
    listeners: createListeners(log),
    applied: createAppliedPositions({ database, log, isOurs: (shard) => ownership.of(shard) !== undefined }),
    outbox: createOutbox({ database, log }),
    retention: createRetention({ database, log, leaseMs, retainFlushes: options.retainFlushes ?? RETAIN_FLUSHES }),
  };
  return parts;
}
