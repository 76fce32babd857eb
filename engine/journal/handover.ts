/**
 * Giving shards to processes that have fewer: quiet ones first, busy ones only when patience is over, because a
 * stream that changes hands repeats its unfinished effect.
 */
import { inRealTime } from './pace.ts';
import type { OwnedShard } from './shard.ts';

export interface HandoverOptions {
  readonly owned: () => Iterable<OwnedShard>;
  /** How long a drained shard may stay busy before it goes all the same. */
  readonly patienceMs: number;
  readonly leave: (shard: OwnedShard) => void;
}

export interface Handover {
  /** At each look at the other processes: so many of ours should be theirs. */
  balance(surplus: number): void;
}

/** Drained ones first so that the choice is stable, then those with the least to move. */
const byReadiness = (a: OwnedShard, b: OwnedShard) =>
  Number(b.stage === 'draining') - Number(a.stage === 'draining') || a.open.size - b.open.size || b.shard - a.shard;

export function createHandover({ owned, patienceMs, leave }: HandoverOptions): Handover {
  const impatient = new WeakSet<OwnedShard>();

  function balance(surplus: number) {
    const candidates = [...owned()].filter(({ stage }) => stage === 'open' || stage === 'draining').sort(byReadiness);
    candidates.forEach((shard, index) => {
      if (index >= surplus) shard.stage = 'open';
      else if (shard.stage === 'open') drain(shard);
      // One look after draining began: whoever was just given a stream here has written its first record by now.
      else if (shard.open.size === 0 || impatient.has(shard)) leave(shard);
    });
  }

  function drain(shard: OwnedShard) {
    shard.stage = 'draining';
    inRealTime(patienceMs, () => impatient.add(shard));
  }

  return { balance };
}
