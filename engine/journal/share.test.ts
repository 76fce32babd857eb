import { test } from 'node:test';
import { expect } from 'chai';
import fc from 'fast-check';
import { fairShare, plan, type SeenProcess, type SeenShard } from './share.ts';

const alive = (id: string): SeenProcess => ({ id, name: id, expired: false, present: true });
const heldBy = (id: string, shards: readonly SeenShard[]) => new Map(shards.filter(({ owner }) => owner === id).map(({ shard, epoch }) => [shard, epoch]));
const look = (me: string, processes: readonly SeenProcess[], shards: readonly SeenShard[]) => ({ me, processes, shards, held: heldBy(me, shards), trustAbsence: true });

test('shares add up to all shards and differ by at most one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 256 }), fc.integer({ min: 1, max: 40 }), (shards, processes) => {
      const shares = Array.from({ length: processes }, (_, rank) => fairShare(shards, processes, rank));
      expect(shares.reduce((a, b) => a + b, 0)).to.equal(shards);
      expect(Math.max(...shares) - Math.min(...shares)).to.be.at.most(1);
    }),
  );
});

test('from any state processes that look in any order end with every shard owned, evenly, and then rest', () => {
  const state = fc.record({ live: fc.integer({ min: 1, max: 6 }), owners: fc.array(fc.option(fc.integer({ min: 0, max: 9 })), { minLength: 1, maxLength: 40 }) });
  fc.assert(
    fc.property(state, ({ live, owners }) => {
      const processes = Array.from({ length: live }, (_, id) => alive(`p${id}`));
      const shards = owners.map((owner, shard) => ({ shard, epoch: 1, owner: owner === null ? null : `p${owner}` }));
      for (let round = 0; round < 3; round += 1)
        for (const { id } of processes) {
          const { take, surplus } = plan(look(id, processes, shards));
          for (const { shard } of take) Object.assign(shards[shard]!, { owner: id, epoch: shards[shard]!.epoch + 1 });
          for (const seen of shards.filter(({ owner }) => owner === id).slice(0, surplus)) seen.owner = null;
        }
      const counts = processes.map(({ id }, rank) => [heldBy(id, shards).size, fairShare(shards.length, live, rank)]);
      for (const [count, share] of counts) expect(count).to.equal(share);
      for (const { id } of processes) expect(plan(look(id, processes, shards))).to.deep.include({ take: [], surplus: 0, missing: 0, lost: [] });
    }),
  );
});

test('a live owner keeps its shards; one whose lease ran out or whose session ended does not', () => {
  const shards = [{ shard: 0, epoch: 4, owner: 'other' }, { shard: 1, epoch: 2, owner: 'me' }];
  const takenFrom = (other: Partial<SeenProcess>, trustAbsence = true) =>
    plan({ ...look('me', [{ ...alive('other'), ...other }, alive('me')], shards), trustAbsence }).take;
  expect(takenFrom({})).to.deep.equal([]);
  expect(takenFrom({ expired: true })).to.deep.equal([{ shard: 0, epoch: 4 }]);
  expect(takenFrom({ present: false })).to.deep.equal([{ shard: 0, epoch: 4 }]);
  expect(takenFrom({ present: false }, false), 'absence right after our own connection was lost').to.deep.equal([]);
});

test('a shard with another epoch than the one in our hands is lost, whoever owns it', () => {
  const shards = [{ shard: 0, epoch: 5, owner: 'me' }, { shard: 1, epoch: 1, owner: 'other' }];
  const { lost } = plan({ ...look('me', [alive('me'), alive('other')], shards), held: new Map([[0, 4], [1, 1]]) });
  expect(lost).to.deep.equal([0, 1]);
});
