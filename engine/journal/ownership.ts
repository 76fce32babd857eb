/**
 * Which shards are in this process's hands, and at which stage of their life each is.
 *
 * Owns: the one table that says so. Whether PostgreSQL still agrees is decided by the fence alone (J1).
 * Does not know: what follows from a change.
 */
import type { OwnedShard, OwnedStage, ShardLife } from './shard.ts';

export interface Ownership {
  /** Epochs of all leases in our hands, by shard. */
  held(): ReadonlyMap<number, number>;
  heldEpoch(shard: number): number | undefined;
  owned(): OwnedShard[];
  of(shard: number): OwnedShard | undefined;
  stageOf(shard: number): ShardLife['stage'] | undefined;
  at(...stages: readonly OwnedStage[]): OwnedShard[];
  /** Of this very epoch. */
  isOurs(shard: OwnedShard): boolean;

  recovering(shard: number, epoch: number): void;
  resuming(owned: OwnedShard): void;
  /** Nothing when it is not ours any more. */
  move(owned: OwnedShard, stage: 'open' | 'draining' | 'leaving'): void;
  /** Ours by its lease only. */
  part(owned: OwnedShard): void;
  /** Not ours at all. Returns what was owned of it. */
  forget(shard: number): OwnedShard | undefined;
  clear(): void;
}

const epochIn = (life: ShardLife) => ('owned' in life ? life.owned.epoch : life.epoch);

export function createOwnership(): Ownership {
  const lives = new Map<number, ShardLife>();

  function of(shard: number): OwnedShard | undefined {
    const life = lives.get(shard);
    return life && 'owned' in life ? life.owned : undefined;
  }

  const isOurs = (owned: OwnedShard) => of(owned.shard) === owned;
  const ownedWhere = (wanted: (stage: OwnedStage) => boolean) => [...lives.values()].flatMap((life) => ('owned' in life && wanted(life.stage) ? [life.owned] : []));

  function heldEpoch(shard: number): number | undefined {
    const life = lives.get(shard);
    return life && epochIn(life);
  }

  function forget(shard: number): OwnedShard | undefined {
    const owned = of(shard);
    lives.delete(shard);
    return owned;
  }

  return {
    held: () => new Map([...lives].map(([shard, life]) => [shard, epochIn(life)])),
    heldEpoch,
    owned: () => ownedWhere(() => true),
    of,
    stageOf: (shard) => lives.get(shard)?.stage,
    at: (...stages) => ownedWhere((stage) => stages.includes(stage)),
    isOurs,
    recovering: (shard, epoch) => void lives.set(shard, { stage: 'recovering', epoch }),
    resuming: (owned) => void lives.set(owned.shard, { stage: 'resuming', owned }),
    move: (owned, stage) => void (isOurs(owned) && lives.set(owned.shard, { stage, owned })),
    part: ({ shard, epoch }) => void lives.set(shard, { stage: 'parted', epoch }),
    forget,
    clear: () => lives.clear(),
  };
}
