/**
 * Giving shards to processes that have fewer: quiet ones first, busy ones only when patience is over, because a
 * stream that changes hands repeats its unfinished effect.
 */
import type { Ownership } from './ownership.ts';
import { inRealTime } from './pace.ts';
import type { OwnedShard } from './shard.ts';

export interface HandoverOptions {
  readonly ownership: Ownership;
  /** How long a drained shard may stay busy before it goes all the same. */
  readonly patienceMs: number;
  readonly leave: (shard: OwnedShard) => void;
}

export interface Handover {
  /** At each look at the other processes: so many of ours should be theirs. */
  balance(surplus: number): void;
}

export function createHandover({ ownership, patienceMs, leave }: HandoverOptions): Handover {
  const impatient = new WeakSet<OwnedShard>();
  const draining = ({ shard }: OwnedShard) => ownership.stageOf(shard) === 'draining';
  /** Drained ones first so that the choice is stable, then those with the least to move. */
  const byReadiness = (a: OwnedShard, b: OwnedShard) => Number(draining(b)) - Number(draining(a)) || a.open.size - b.open.size || b.shard - a.shard;

  function balance(surplus: number) {
    const candidates = ownership.at('open', 'draining').sort(byReadiness);
    candidates.forEach((shard, index) => {
      if (index >= surplus) ownership.move(shard, 'open');
      else if (!draining(shard)) drain(shard);
      // One look after draining began: whoever was just given a stream here has written its first record by now.
      else if (shard.open.size === 0 || impatient.has(shard)) leave(shard);
    });
  }

  function drain(shard: OwnedShard) {
    ownership.move(shard, 'draining');
    inRealTime(patienceMs, () => impatient.add(shard));
  }

  return { balance };
}
