/**
 * Which shards this process should take or give up: pure, from what one look at the database showed.
 */
export interface SeenProcess {
  readonly id: string;
  readonly name: string;
  readonly expired: boolean;
  /** Its session with the database is there. */
  readonly present: boolean;
}

export interface SeenShard {
  readonly shard: number;
  readonly epoch: number;
  readonly owner: string | null;
}

export interface Look {
  readonly me: string;
  /** In the order in which they joined. */
  readonly processes: readonly SeenProcess[];
  readonly shards: readonly SeenShard[];
  /** Epochs of the shards in our hands. */
  readonly held: ReadonlyMap<number, number>;
  /** Right after losing our own session absence proves nothing: the database may have restarted under everybody. */
  readonly trustAbsence: boolean;
}

export interface Plan {
  /** In our hands, but somebody else's by now. */
  readonly lost: readonly number[];
  readonly take: readonly { shard: number; epoch: number }[];
  /** How many of ours others should have. */
  readonly surplus: number;
  /** How many we still lack, with `take` taken. */
  readonly missing: number;
}

/** Shards for the process of this rank: as equal as whole numbers allow, the earlier ranks getting one more. */
export const fairShare = (shards: number, processes: number, rank: number) => Math.floor(shards / processes) + (rank < shards % processes ? 1 : 0);

export function plan({ me, processes, shards, held, trustAbsence }: Look): Plan {
  const live = processes.filter(({ id, expired, present }) => id === me || (!expired && (present || !trustAbsence))).map(({ id }) => id);
  const rank = live.indexOf(me);
  const stillOurs = ({ shard, epoch, owner }: SeenShard) => owner === me && held.get(shard) === epoch;
  const kept = shards.filter(stillOurs);
  const lost = shards.filter((seen) => held.has(seen.shard) && !stillOurs(seen)).map(({ shard }) => shard);
  // Ours without being in our hands: we took it and never got the answer.
  const free = shards.filter((seen) => !stillOurs(seen) && (seen.owner === null || seen.owner === me || !live.includes(seen.owner)));
  const share = rank === -1 ? 0 : fairShare(shards.length, live.length, rank);
  const wanted = Math.max(0, share - kept.length);
  // Each rank begins elsewhere, so that several that look at once seldom want the same.
  const start = Math.floor((Math.max(rank, 0) * free.length) / Math.max(live.length, 1));
  const take = [...free.slice(start), ...free.slice(0, start)].slice(0, wanted).map(({ shard, epoch }) => ({ shard, epoch }));
  return { lost, take, surplus: Math.max(0, kept.length - share), missing: wanted - take.length };
}
