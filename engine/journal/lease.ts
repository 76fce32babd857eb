/**
 * The lease of this process: one row that is renewed, and the shards that hang on it.
 *
 * Owns: telling the others that we live, seeing who else does, taking what nobody owns, handing back.
 * Does not know: what a shard contains, what is under way in it.
 *
 * A process counts as gone when its lease ran out by the database's clock (it hangs), or at once when its session
 * with the database is gone (it was killed). Either may be wrong about a process that still runs: then its next
 * flush is refused, which is all that safety needs (J1, J8).
 */
import type { Logger } from '../kernel/index.ts';
import type { Database } from '../storage/index.ts';
import { createConnection, runOn } from './connection.ts';
import { shardCountDiffers } from './errors.ts';
import { backoffMs, createBell, inRealTime } from './pace.ts';
import { queries, SHARD_LOCK } from './queries.ts';
import { plan, type Plan, type SeenProcess, type SeenShard } from './share.ts';

export interface LeaseOptions {
  readonly database: Pick<Database, 'connect'>;
  /** This start of the process; never used again. */
  readonly id: string;
  readonly name: string;
  readonly shards: number;
  readonly leaseMs: number;
  readonly log: Logger;
  /** Epochs of the shards in our hands, those being taken up included. */
  readonly held: () => ReadonlyMap<number, number>;
  readonly onGained: (shard: number, epoch: number) => void;
  readonly onLost: (shard: number) => void;
  /** How many of ours others should have, at each look. */
  readonly onSurplus: (surplus: number) => void;
  /** The session was lost and is back: what others committed meanwhile, and what the server forgot, is unknown. */
  readonly onReconnected: () => void;
}

export interface Lease {
  /** Returns after the first look: shards that were free are ours. */
  start(): Promise<void>;
  release(shards: readonly { shard: number; epoch: number }[]): Promise<void>;
  /** Gives everything back and leaves. */
  stop(): Promise<void>;
}

export function createLease(options: LeaseOptions): Lease {
  const { id, leaseMs, log, held } = options;
  const bell = createBell();
  let trustAbsence = true;
  let ending = false;
  let begun = false;
  let loop: Promise<void> | undefined;

  const connection = createConnection({
    database: options.database, purpose: 'journal lease', log, patienceMs: leaseMs,
    onOpened: async (client, first) => {
      await runOn(client, queries.register_process, [id, options.name, leaseMs]);
      if (first) return;
      trustAbsence = false;
      inRealTime(leaseMs, () => (trustAbsence = true));
      options.onReconnected();
    },
  });

  async function look(): Promise<Plan> {
    const [seen] = await connection.run<{ renewed: boolean; processes: SeenProcess[]; shards: SeenShard[] }>(queries.renew_lease, [id, leaseMs]);
    if (!seen!.renewed) await connection.run(queries.register_process, [id, options.name, leaseMs]);
    return plan({ me: id, processes: seen!.processes, shards: seen!.shards, held: held(), trustAbsence });
  }

  /** One look and what follows from it. Returns whether everything we should have is ours. */
  async function pass(): Promise<boolean> {
    const { lost, take, surplus, missing } = await look();
    lost.forEach(options.onLost);
    options.onSurplus(surplus);
    if (take.length === 0) return missing === 0;
    const taken = await connection.run<{ shard: number; epoch: string }>(queries.take_shards, [
      id, take.map(({ shard }) => shard), take.map(({ epoch }) => epoch), SHARD_LOCK,
    ]);
    for (const { shard, epoch } of taken) options.onGained(shard, Number(epoch));
    return missing === 0 && taken.length === take.length;
  }

  async function run(settled: boolean) {
    let failures = 0;
    let hungry = !settled;
    while (!ending) {
      // Short of shards, look more often: their owner may just be handing them over.
      await bell.wait(failures > 0 ? backoffMs(failures, leaseMs / 3) : hungry ? leaseMs / 15 : leaseMs / 3);
      if (ending) return;
      try {
        hungry = !(await pass());
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!ending) log.warn({ err: error, failures }, 'the lease could not be renewed; trying again');
      }
    }
  }

  async function start() {
    begun = true;
    const count = async () => (await connection.run<{ shards: number }>(queries.count_shards))[0]!.shards;
    if ((await count()) === 0) await connection.run(queries.seed_shards, [options.shards]);
    const stored = await count();
    if (stored !== options.shards) throw shardCountDiffers({ configured: options.shards, stored });
    const settled = await pass();
    loop = run(settled);
  }

  async function release(shards: readonly { shard: number; epoch: number }[]) {
    await connection.run(queries.release_shards, [id, shards.map(({ shard }) => shard), shards.map(({ epoch }) => epoch)]);
  }

  async function stop() {
    ending = true;
    bell.ring();
    await loop;
    if (!begun) return;
    try {
      await release([...held()].map(([shard, epoch]) => ({ shard, epoch })));
      await connection.run(queries.leave_processes, [id]);
    } catch (error) {
      log.warn({ err: error }, 'the lease could not be given back; it runs out by itself');
    }
    await connection.close();
  }

  return { start, release, stop };
}
