/** The ten kinds of drift, each caught or accepted as it should, on a trace that was really recorded. */
import { before, describe, it } from 'node:test';
import { expect } from 'chai';
import { compare } from './compare.ts';
import type { Expectation } from './expectation.ts';
import { forTenant, named, repeated, saying, sentBy, sentTo, swapped, withCallAfter, withoutCall, withoutReply } from './mutate.ts';
import { observe } from './observe.ts';
import { parse } from './parse.ts';
import { orderBinding, orderDiagram, recordOrder } from './recordings/order.ts';
import type { RecordedSpan } from './spans.ts';

describe('a recorded order and its diagram', () => {
  let order: RecordedSpan[];
  let refusal: RecordedSpan[];
  before(async () => {
    order = await recordOrder({ pies: 3, tenant: 'acme' });
    refusal = await recordOrder({ pies: 0, tenant: 'acme' });
  });

  const judge = (spans: readonly RecordedSpan[], expected: Expectation = {}, text = orderDiagram) =>
    compare({ diagram: parse(text), binding: orderBinding, events: observe(spans), tenant: 'acme', ...expected });
  const strictly = (text: string) => text.replace('sequenceDiagram', 'sequenceDiagram\n  %% strict');

  /** `at`: a text that stands on the line of the drift. */
  function expectDrift(spans: readonly RecordedSpan[], expected: { kind: string; at: string; says: RegExp }, options: Expectation & { text?: string } = {}) {
    const { text = orderDiagram, ...expectation } = options;
    const verdict = judge(spans, expectation, text);
    const line = text.split('\n').findIndex((one) => one.includes(expected.at)) + 1;
    if (verdict.verdict === 'same') throw new Error(`the drift "${expected.kind}" was not seen`);
    const found = `${verdict.kind} at line ${verdict.at}: ${verdict.explanation}\n${verdict.sideBySide}`;
    expect({ kind: verdict.kind, at: verdict.at }, found).to.deep.equal({ kind: expected.kind, at: line });
    expect(verdict.explanation).to.match(expected.says);
    expect(verdict.sideBySide).to.include('✗');
  }

  it('are the same when nothing drifted, for both branches', () => {
    expect(judge(order, { branch: 'granted', loops: { 'each pie': 3 } })).to.deep.equal({ verdict: 'same', loops: [{ label: 'each pie', rounds: [3] }], branches: ['granted'] });
    expect(judge(refusal, { branch: 'denied' })).to.deep.equal({ verdict: 'same', loops: [], branches: ['denied'] });
  });

  it('1 missing: a call that never happened', () => {
    expectDrift(withoutCall(order, named('close')), { kind: 'missing', at: 'Close the order', says: /Close the order" was not observed/ });
    expectDrift(withoutCall(order, named('take_flour', 2)), { kind: 'missing', at: 'Take flour', says: /Take flour" was not observed/ });
    expectDrift(withoutCall(order, named('check')), { kind: 'missing', at: 'May they order', says: /May they order/ });
  });

  it('2 extra: an internal call is let be, and is drift under strict', () => {
    const extra = withCallAfter(order, named('close'), { from: 'shop', to: 'till', message: 'ring' });
    expect(judge(extra).verdict).to.equal('same');
    expectDrift(extra, { kind: 'extra', at: 'sequenceDiagram', says: /which is strict, does not draw it/ }, { text: strictly(orderDiagram) });
  });

  it('3 reordered: two calls in each other’s place', () => {
    expectDrift(swapped(order, named('write_down'), named('close')), { kind: 'reordered', at: 'Write down', says: /Write down" was observed too late/ });
    expectDrift(swapped(order, named('check'), named('bake')), { kind: 'reordered', at: 'May they order', says: /May they order" was observed too late/ });
  });

  it('4 wrong participant: the right message to or from somebody else', () => {
    expectDrift(sentTo(order, named('close'), 'cellar'), { kind: 'wrong-participant', at: 'Close the order', says: /"close" went from shop to cellar/ });
    expectDrift(sentBy(order, named('bake', 2), 'rights'), { kind: 'wrong-participant', at: 'Bake', says: /"bake" went from rights to kitchen/ });
  });

  it('5 wrong tenant: a message of somebody else’s tenant, drawn or not', () => {
    expectDrift(forTenant(order, named('write_down'), 'globex'), { kind: 'wrong-tenant', at: 'Write down', says: /done for the tenant globex/ });
    expectDrift(forTenant(order, named('get rights'), 'globex'), { kind: 'wrong-tenant', at: 'sequenceDiagram', says: /done for the tenant globex/ });
  });

  it('6 missing reply: a call that was not answered', () => {
    expectDrift(withoutReply(order, named('check')), { kind: 'missing-reply', at: 'Decision', says: /Decision" was not observed/ });
    expectDrift(withoutReply(order, named('order')), { kind: 'missing-reply', at: 'Answer', says: /Answer" was not observed; the run was over/ });
  });

  it('7 duplicate: a call made twice, with all it leads to', () => {
    expectDrift(repeated(order, named('close')), { kind: 'duplicate', at: 'Close the order', says: /once more than the diagram has it/ });
    expectDrift(repeated(order, named('check')), { kind: 'duplicate', at: 'May they order', says: /once more/ });
    expectDrift(repeated(order, named('take_flour')), { kind: 'duplicate', at: 'Take flour', says: /once more/ });
  });

  it('8 wrong branch: the other one happened, or both did', () => {
    expectDrift(refusal, { kind: 'wrong-branch', at: 'alt granted', says: /"granted" was to happen, but "denied" happened instead/ }, { branch: 'granted' });
    expectDrift(saying(order, named('close'), 'note'), { kind: 'wrong-branch', at: 'Note the refusal', says: /belongs to the branch "denied"/ });
    const both = withCallAfter(order, named('close'), { from: 'shop', to: 'store', message: 'note' });
    expectDrift(both, { kind: 'wrong-branch', at: 'Note the refusal', says: /belongs to the branch "denied"/ });
  });

  it('9 par: in any order, and drift all the same when one of them is missing', () => {
    expect(judge(swapped(order, named('fetch'), named('write_down'))).verdict).to.equal('same');
    expectDrift(withoutCall(order, named('fetch')), { kind: 'missing', at: 'Fetch', says: /Fetch" was not observed/ });
  });

  it('10 wrong loop count: only where the scenario or the diagram states one', () => {
    const twice = withoutCall(order, named('bake', 2));
    const stated = orderDiagram.replace('each pie', '3 times, each pie');
    expect(judge(twice).verdict).to.equal('same');
    expectDrift(twice, { kind: 'wrong-loop-count', at: 'each pie', says: /go round 3 time\(s\), but it went round 2/ }, { loops: { 'each pie': 3 } });
    expectDrift(twice, { kind: 'wrong-loop-count', at: 'each pie', says: /3 time\(s\), but it went round 2/ }, { text: stated });
  });
});
