import { describe, it } from 'node:test';
import { expect } from 'chai';
import type { Catalogue, Flow } from './catalogue.ts';
import { readRun } from './run-record.ts';
import { rehearse, type Rehearsal } from './rehearsal.ts';
import { danglingTags, staleReasons, traceAll } from './traceability.ts';

const flow = (id: string, room: string, acceptance: string[]): Flow => ({ id, room, acceptance, source: '', kind: 'flow', title: id, steps: [], facts: [] });
const catalogue: Catalogue = {
  flows: [flow('bake', 'kitchen', ['golden', 'cut', 'warm']), flow('wash-up', 'scullery', ['clean', 'dry']), flow('dream', 'bedroom', [])],
  release: { name: 'Pie', coverage: 80, scope: [{ flow: 'bake', without: { 3: 'There is no hatch to keep it warm.' } }] },
  open: [{ room: 'scullery', reason: 'There is no scullery.' }, { outcome: 'wash-up/2', reason: 'There is no towel.' }],
  knownFailures: [],
};
const feature = (tags: string) => `@flow:bake\nFeature: Pies\n\n  ${tags}\n  Scenario: One\n    Given a pie\n\n  @covers:bake/1\n  Scenario: Two\n    Given a pie\n`;
const scenariosOf = (tags: string, scenarios: Rehearsal['scenarios'] = {}) => readRun(rehearse({ features: { 'features/kitchen/a.feature': feature(tags) }, scenarios })).scenarios;
const verdictsOf = (...given: Parameters<typeof scenariosOf>) => traceAll(catalogue, scenariosOf(...given)).map((trace) => [trace.verdict, ...trace.outcomes.map((outcome) => outcome.verdict)]);

describe('traceability', () => {
  it('names every outcome of every flow, and a flow without outcomes is not verified by that', () => {
    expect(verdictsOf('@covers:bake/2')).to.deep.equal([['open', 'verified', 'verified', 'open'], ['open', 'open', 'open'], ['unexplained']]);
  });

  it('lets one failing scenario of several fail the outcome', () => {
    expect(verdictsOf('@covers:bake/1', { One: [{ steps: ['FAILED'] }] })[0]).to.deep.equal(['failing', 'failing', 'unexplained', 'open']);
  });

  it('takes the most particular reason, and for a flow of the release only the release’s', () => {
    const [bake, washUp] = traceAll({ ...catalogue, open: [...catalogue.open, { flow: 'bake', reason: 'This must not count.' }] }, []);
    expect(bake!.outcomes.map(({ reason }) => reason)).to.deep.equal([undefined, undefined, 'There is no hatch to keep it warm.']);
    expect(washUp!.outcomes.map(({ reason }) => reason)).to.deep.equal(['There is no scullery.', 'There is no towel.']);
  });

  it('finds tags that point at nothing', () => {
    expect(danglingTags(catalogue, scenariosOf('@covers:bake/3'))).to.deep.equal([]);
    for (const tag of ['@covers:bake/4', '@covers:bake/0', '@covers:bake/1x', '@covers:bake', '@covers:fry/1', '@flow:fry']) expect(danglingTags(catalogue, scenariosOf(tag)).join(), tag).to.include(tag);
  });

  it('finds reasons that excuse nothing, or what is verified', () => {
    const staleOf = (tags: string) => staleReasons(catalogue, traceAll(catalogue, scenariosOf(tags)));
    expect(staleOf('@covers:bake/2')).to.deep.equal([]);
    expect(staleOf('@covers:bake/3')).to.deep.equal(['release.yaml: bake without 3 excuses what is verified; strike it off']);
    expect(staleOf('@covers:wash-up/2')).to.deep.equal(['open.yaml: wash-up/2 excuses what is verified; strike it off']);
    const wrong = { ...catalogue, open: [{ outcome: 'wash-up/9', reason: '' }, { reason: 'about nothing' }], release: { ...catalogue.release, scope: [{ flow: 'fry', without: { 1: '' } }] } };
    expect(staleReasons(wrong, traceAll(wrong, []))).to.have.length(4);
  });
});
