import { expect } from 'chai';
import { test } from 'node:test';
import { branchLeadingHere, pairingsTo } from './paired-items.ts';
import { from, itemsOf, linkTo, ranWith, scopeWith } from './scope-for-test.ts';
import type { Item, PairedItem, Scope } from './port.ts';

const paired = (...pairs: (Item['pairedItem'])[]): Item[] => pairs.map((pairedItem) => (pairedItem === undefined ? { json: {} } : { json: {}, pairedItem }));
/** Start (three items) -> Middle (as given) -> Here. */
const behind = (middle: Item[], source = [from('Start')]): Scope =>
  scopeWith(middle, { source: [from('Middle')], runData: { Start: [ranWith(itemsOf({}, {}, {}))], Middle: [ranWith(middle, { source })] } });
const toStart = (scope: Scope) => Object.values(pairingsTo('Start', scope, scope.inputs[0]!.map((_, index) => index)));

test('items are followed through nodes that reorder, split and drop them', () => {
  expect(toStart(behind(paired(2, { item: 0 }, 2)))).to.deep.equal([[0, 0, 2], [0, 0, 0], [0, 0, 2]]);
});

test('several parents are fine when they lead to one item, ambiguous when not', () => {
  expect(toStart(behind(paired([1, { item: 1 }], [0, 1])))).to.deep.equal([[0, 0, 1], { type: 'paired_item_multiple_matches' }]);
});

test('each way to lose the trail has its own name and says where', () => {
  expect(toStart(behind(paired(undefined, 99)))).to.deep.equal([{ type: 'paired_item_no_info', at: 'Middle' }, { type: 'paired_item_invalid_info', at: 'Start' }]);
  expect(toStart(behind(paired(0), []))).to.deep.equal([{ type: 'paired_item_no_connection', at: 'Middle' }]);
  expect(toStart({ ...behind(paired(0)), source: [null] })).to.deep.equal([{ type: 'paired_item_no_connection', at: 'Here' }]);
});

test('the second input and an earlier run are found by the recorded source', () => {
  const items = paired({ item: 0, input: 1 });
  const runData = { Start: [ranWith(itemsOf({}, {})), ranWith(itemsOf({}))], Merge: [ranWith(items, { source: [from('Other'), from('Start', 0, 1)] })] };
  expect(pairingsTo('Start', scopeWith(items, { source: [from('Merge')], runData }), [0])[0]).to.deep.equal([1, 0, 0]);
});

test('an item that a loop hands out later is counted where it came in', () => {
  const held: PairedItem = { item: 1, sourceOverwrite: from('Start', 0, 0) };
  expect(toStart(behind(paired(held), [from('Loop body')]))).to.deep.equal([[0, 0, 1]]);
});

test('data that points in a circle ends in an error, not in a loop', () => {
  const items = paired(0);
  const runData = { A: [ranWith(items, { source: [from('B')] })], B: [ranWith(items, { source: [from('A')] })], Start: [] };
  expect(pairingsTo('Start', scopeWith(items, { source: [from('A')], runData }), [0])[0]).to.deep.include({ type: 'paired_item_invalid_info' });
});

test('the output that leads here is found over several nodes, by the shortest way', () => {
  const connections = { If: { main: [[{ node: 'Far', type: 'main', index: 0 }], [{ node: 'Near', type: 'main', index: 0 }]] }, Far: linkTo('Farther'), Farther: linkTo('Here'), Near: linkTo('Here') };
  expect(branchLeadingHere('If', scopeWith([], { connections }))).to.equal(1);
  expect(branchLeadingHere('Nowhere', scopeWith([], { connections }))).to.equal(0);
});
