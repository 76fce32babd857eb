import { describe, it } from 'node:test';
import { expect } from 'chai';
import { covers, managesOthers } from './permissions.ts';

describe('a held permission covers a wanted one', () => {
  const cases: readonly [held: string, wanted: string, covered: boolean][] = [
    ['*', 'agents.manage', true],
    ['workflows.view', 'workflows.view', true],
    ['workflows.view', 'workflows.create', false],
    ['workflows.*', 'workflows.create', true],
    ['workflows.*', 'workflows.drafts.create', true],
    ['workflows.*', 'workflows.*', true],
    ['workflows.*', 'workflowsx.create', false],
    ['workflows.*', 'workflows', false],
    ['workflows.*', 'workflows.', false],
    ['workflows.*', '*', false],
    ['workflows.create', 'workflows.*', false],
    ['', 'workflows.create', false],
  ];
  for (const [held, wanted, covered] of cases)
    it(`"${held}" ${covered ? 'covers' : 'does not cover'} "${wanted}"`, () => void expect(covers(held, wanted)).to.equal(covered));
});

describe('acting on what others own', () => {
  it('is given by name or with everything', () => {
    expect(managesOthers(['*'], 'workflows')).to.equal(true);
    expect(managesOthers(['workflows.manage'], 'workflows')).to.equal(true);
  });
  it('is not part of the wildcard', () => void expect(managesOthers(['workflows.*'], 'workflows')).to.equal(false));
});
