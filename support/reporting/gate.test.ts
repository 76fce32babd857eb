import { describe, it } from 'node:test';
import { expect } from 'chai';
import type { Catalogue } from './catalogue.ts';
import { decide, rules, type Evidence } from './gate.ts';
import { demonstrations } from './demonstration/demonstrations.ts';
import { readRun } from './run-record.ts';
import { rehearse, type Rehearsal } from './rehearsal.ts';

const uri = 'features/kitchen/pies.feature';
const pies = `@flow:bake\nFeature: Pies\n  Whoever asks for a pie gets one that is golden, because a burnt pie is a guest lost for ever.\n\n  @covers:bake/1\n  Scenario: One\n    Given a pie\n\n  Scenario: Two\n    Given a pie\n`;
const catalogue: Catalogue = {
  flows: [{ id: 'bake', room: 'kitchen', acceptance: ['golden'], source: '', kind: 'flow', title: 'Bake', steps: [], facts: [] }],
  release: { name: 'Pie', coverage: 80, scope: [{ flow: 'bake', without: {} }] }, open: [], knownFailures: [],
};
const judge = (scenarios: Rehearsal['scenarios'], change: Partial<Evidence> = {}) => decide({ run: readRun(rehearse({ features: { [uri]: pies }, scenarios })), catalogue, coverage: 80, ...change });
const objecting = (decision: ReturnType<typeof judge>) => decision.rules.filter(({ objections }) => objections.length).map(({ name }) => name);

describe('the release gate', () => {
  it('says yes only when no rule objects, and counts what it judged', () => {
    const decision = judge({});
    expect(decision).to.deep.include({ release: true, scenarios: { passed: 2, failed: 0 }, outcomes: { verified: 1, failing: 0, unexplained: 0, open: 0 } });
    expect(judge({}, { coverage: 79.99 }).release).to.equal(false);
  });

  it('accepts a known failure, but not as evidence for an outcome', () => {
    const known = (name: string) => ({ catalogue: { ...catalogue, knownFailures: [{ scenario: `${uri} > ${name}`, reason: 'The oven is cold.' }] } });
    expect(judge({ Two: [{ steps: ['FAILED'] }] }, known('Two')).release).to.equal(true);
    expect(objecting(judge({ One: [{ steps: ['FAILED'] }] }, known('One')))).to.deep.equal(["every outcome of the release's flows is verified"]);
  });

  it('does not let a known failure hide an undefined step, a retry or a scenario that never ended elsewhere', () => {
    const catalogueWith = { catalogue: { ...catalogue, knownFailures: [{ scenario: `${uri} > Two`, reason: 'The oven is cold.' }] } };
    expect(objecting(judge({ Two: [{ steps: ['UNDEFINED'] }] }, catalogueWith))).to.deep.equal(['no step is undefined or pending']);
    expect(objecting(judge({ Two: [{ steps: ['FAILED'] }, { steps: ['FAILED'] }] }, catalogueWith))).to.deep.equal(['nothing passed only on a retry']);
    expect(objecting(judge({ Two: [{ isLost: true }] }))).to.deep.equal(['no scenario fails']);
  });

  it('has a demonstration for each of its rules', () => {
    const demonstrated = new Set(demonstrations.flatMap(({ objections }) => Object.keys(objections)));
    expect(rules.map(({ name }) => name).filter((name) => !demonstrated.has(name))).to.deep.equal([]);
  });
});
