import { test } from 'node:test';
import { expect } from 'chai';
import { circle, objection } from './check.ts';

test('an import that goes up is refused, one that goes down is not', () => {
  expect(objection({ from: 'engine/storage/pool.ts', to: 'engine/tenancy/index.ts' })).to.contain('stands below');
  expect(objection({ from: 'engine/tenancy/claim.ts', to: 'engine/storage/index.ts' })).to.equal(undefined);
});

test('a neighbour is reached through its index only', () => {
  expect(objection({ from: 'engine/execution/run.ts', to: 'engine/workflows/graph.ts' })).to.contain('index.ts');
  expect(objection({ from: 'engine/execution/run.ts', to: 'engine/workflows/index.ts' })).to.equal(undefined);
});

test('a room without a floor is refused', () => {
  expect(objection({ from: 'engine/util/strings.ts', to: 'engine/kernel/index.ts' })).to.contain('stands on no floor');
});

test('steps see contracts of the engine and nothing else of it', () => {
  expect(objection({ from: 'step-definitions/execution.steps.ts', to: 'engine/execution/orchestrator.ts' })).to.contain('contracts');
  expect(objection({ from: 'step-definitions/execution.steps.ts', to: 'engine/execution/contract.ts' })).to.equal(undefined);
});

test('a circle is found and named, a diamond is none', () => {
  const edge = (from: string, to: string) => ({ from, to });
  expect(circle([edge('a', 'b'), edge('b', 'c'), edge('c', 'a')])).to.deep.equal(['a', 'b', 'c', 'a']);
  expect(circle([edge('a', 'b'), edge('a', 'c'), edge('b', 'd'), edge('c', 'd')])).to.equal(undefined);
});
