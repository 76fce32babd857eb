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
import { createConnection, runOn, type Connection } from './connection.ts';
import { shardCountDiffers } from './errors.ts';
import { backoffMs, createBell, inRealTime, type Bell } from './pace.ts';
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

interface State extends LeaseOptions {
  readonly connection: Connection;
  readonly bell: Bell;
  /** Whether a session that is not there proves that its process is gone. */
  trustAbsence: boolean;
  begun: boolean;
  ending: boolean;
  loop: Promise<void> | undefined;
}

export function createLease(options: LeaseOptions): Lease {
  const { id, database, log, leaseMs } = options;
  const connection = createConnection({
    database, purpose: 'journal lease', log, patienceMs: leaseMs,
    onOpened: async (client, first) => {
      await runOn(client, queries.register_process, [id, options.name, leaseMs]);
      if (!first) reconnected(state);
    },
  });
  const state: State = { ...options, connection, bell: createBell(), trustAbsence: true, begun: false, ending: false, loop: undefined };

  async function start() {
    state.begun = true;
    await settleShardCount(state);
    const satisfied = await pass(state);
    state.loop = keepLooking(state, satisfied);
  }

  async function stop() {
    state.ending = true;
    state.bell.ring();
    await state.loop;
    if (!state.begun) return;
    await leave(state).catch((error: unknown) => log.warn({ err: error }, 'the lease could not be given back; it runs out by itself'));
    await connection.close();
  }

  return { start, release: (shards) => release(state, shards), stop };
}

/** For one lease after a reconnection the others may be about to reconnect, too. */
function reconnected(state: State) {
  state.trustAbsence = false;
  inRealTime(state.leaseMs, () => (state.trustAbsence = true));
  state.onReconnected();
}

async function settleShardCount({ connection, shards }: State) {
  const count = async () => (await connection.run<{ shards: number }>(queries.count_shards))[0]!.shards;
  if ((await count()) === 0) await connection.run(queries.seed_shards, [shards]);
  const stored = await count();
  if (stored !== shards) throw shardCountDiffers({ configured: shards, stored });
}

/** Renews, and sees what there is to take or to give. */
async function look(state: State): Promise<Plan> {
  const { connection, id, name, leaseMs, held } = state;
  const [seen] = await connection.run<{ renewed: boolean; processes: SeenProcess[]; shards: SeenShard[] }>(queries.renew_lease, [id, leaseMs]);
  if (!seen!.renewed) await connection.run(queries.register_process, [id, name, leaseMs]);
  // Not read before: asking may have opened the connection again.
  return plan({ me: id, processes: seen!.processes, shards: seen!.shards, held: held(), trustAbsence: state.trustAbsence });
}

/** One look and what follows from it. Returns whether everything we should have is ours. */
async function pass(state: State): Promise<boolean> {
  const { lost, take, surplus, missing } = await look(state);
  lost.forEach(state.onLost);
  state.onSurplus(surplus);
  if (take.length === 0) return missing === 0;
  const taken = await state.connection.run<{ shard: number; epoch: string }>(queries.take_shards, [
    state.id, take.map(({ shard }) => shard), take.map(({ epoch }) => epoch), SHARD_LOCK,
  ]);
  for (const { shard, epoch } of taken) state.onGained(shard, Number(epoch));
  return missing === 0 && taken.length === take.length;
}

async function keepLooking(state: State, satisfied: boolean) {
  const { bell, leaseMs, log } = state;
  let failures = 0;
  let hungry = !satisfied;
  while (!state.ending) {
    // Short of shards, look more often: their owner may just be handing them over.
    await bell.wait(failures > 0 ? backoffMs(failures, leaseMs / 3) : hungry ? leaseMs / 15 : leaseMs / 3);
    if (state.ending) return;
    try {
      hungry = !(await pass(state));
      failures = 0;
    } catch (error) {
      failures += 1;
      if (!state.ending) log.warn({ err: error, failures }, 'the lease could not be renewed; trying again');
    }
  }
}

async function release({ connection, id }: State, shards: readonly { shard: number; epoch: number }[]) {
  await connection.run(queries.release_shards, [id, shards.map(({ shard }) => shard), shards.map(({ epoch }) => epoch)]);
}

async function leave(state: State) {
  await release(state, [...state.held()].map(([shard, epoch]) => ({ shard, epoch })));
  await state.connection.run(queries.leave_processes, [state.id]);
}
