/** For any diagram: a run of it is accepted, and a run with one fault is not. */
import { describe, it } from 'node:test';
import { expect } from 'chai';
import fc from 'fast-check';
import { arbitraryDiagram, bindingOf, synthesise } from './arbitrary-diagram.ts';
import { compare } from './compare.ts';
import type { Expectation } from './expectation.ts';
import { blocksOf, messagesOf, type Diagram } from './model.ts';
import { forTenant, repeated, sentBy, sentTo, swapped, withCallAfter, withoutCall, withoutReply, type Pick } from './mutate.ts';
import { observe } from './observe.ts';
import { parse } from './parse.ts';
import { print } from './print.ts';
import type { RecordedSpan } from './spans.ts';

const RUNS = 150;

const judge = (diagram: Diagram, spans: readonly RecordedSpan[], expected: Expectation = {}) =>
  compare({ diagram, binding: bindingOf(diagram), events: observe(spans), tenant: 'acme', ...expected });

/** A diagram as a feature would give it, so that lines are those of its text; a run of it; and a number to choose with. */
const run = fc.tuple(arbitraryDiagram, fc.nat(), fc.nat()).map(([model, seed, choice]) => {
  const diagram = parse(print(model));
  return { text: print(model), diagram, spans: synthesise(diagram, seed), choice };
});

/** `fault` says what to do to the spans, or nothing where this run has no place for it. */
function expectDrift(kinds: readonly string[], fault: (given: { diagram: Diagram; spans: RecordedSpan[]; choice: number }) => { spans: RecordedSpan[]; diagram?: Diagram; expected?: Expectation } | undefined) {
  let tried = 0;
  fc.assert(
    fc.property(run, (given) => {
      const faulty = fault(given);
      if (!faulty) return;
      tried += 1;
      const verdict = judge(faulty.diagram ?? given.diagram, faulty.spans, faulty.expected);
      expect(verdict.verdict, given.text).to.equal('drift');
      if (verdict.verdict === 'drift') expect(kinds, `${given.text}\n${verdict.explanation}\n${verdict.sideBySide}`).to.include(verdict.kind);
    }),
    { numRuns: RUNS },
  );
  expect(tried, 'diagrams in which the fault had a place').to.be.greaterThan(RUNS / 20);
}

const chosen = (spans: readonly RecordedSpan[], choice: number): Pick => {
  const { spanId } = spans[choice % spans.length]!;
  return (span) => span.spanId === spanId;
};

describe('any diagram', () => {
  it('is read back from its own text', () => {
    fc.assert(
      fc.property(arbitraryDiagram, (model) => {
        const once = parse(print(model));
        expect(print(once)).to.equal(print(model));
        expect(parse(print(once))).to.deep.equal(once);
      }),
      { numRuns: RUNS },
    );
  });

  it('accepts every run of it, in whatever order its parallel branches went', () => {
    fc.assert(
      fc.property(run, ({ diagram, spans, text }) => {
        const verdict = judge(diagram, spans);
        expect(verdict.verdict, verdict.verdict === 'drift' ? `${text}\n${verdict.explanation}\n${verdict.sideBySide}` : '').to.equal('same');
      }),
      { numRuns: RUNS * 3 },
    );
  });

  /** Which fault it is called may rest on a choice where several repairs fit; drift.test.ts shows that the plain ones are named right. */
  const any = ['missing', 'missing-reply', 'extra', 'duplicate', 'reordered', 'wrong-branch', 'unpaired-reply'];

  it('rejects a missing call', () => expectDrift(any, ({ spans, choice }) => ({ spans: withoutCall(spans, chosen(spans, choice)) })));
  it('rejects a repeated call', () => expectDrift(any, ({ spans, choice }) => ({ spans: repeated(spans, chosen(spans, choice)) })));
  it('rejects a foreign tenant', () => expectDrift(['wrong-tenant'], ({ spans, choice }) => ({ spans: forTenant(spans, chosen(spans, choice), 'globex') })));
  it('rejects a wrong receiver', () => expectDrift(['wrong-participant', ...any], ({ spans, choice }) => ({ spans: sentTo(spans, chosen(spans, choice), 'stranger') })));
  it('rejects a wrong sender', () => expectDrift(['wrong-participant', ...any], ({ spans, choice }) => ({ spans: sentBy(spans, chosen(spans, choice), 'stranger') })));

  it('rejects an undrawn call when it is strict', () =>
    expectDrift(['extra'], ({ diagram, spans, choice }) => ({
      diagram: { ...diagram, strict: true }, spans: withCallAfter(spans, chosen(spans, choice), { from: 'queen', to: 'model', message: 'guess' }),
    })));

  it('rejects a call without its drawn reply', () =>
    expectDrift(any, ({ diagram, spans, choice }) => {
      const answered = new Set(messagesOf(diagram.body).filter(({ text }) => text.startsWith('answer')).map(({ text }) => text.replace('answer', 'ask')));
      // A break may have left a call unanswered: then there is no reply to take away. Breaks are rare enough to do without.
      if (blocksOf(diagram.body).some(({ type }) => type === 'break')) return undefined;
      const candidates = spans.filter((span) => answered.has(span.name));
      return candidates.length > 0 ? { spans: withoutReply(spans, chosen(candidates, choice)) } : undefined;
    }));

  it('rejects two calls of one body in each other’s place', () =>
    expectDrift(any, ({ diagram, spans }) => {
      const [first, last] = [diagram.body[0]!, diagram.body.findLast((element) => element.kind === 'message' && element.text.startsWith('ask'))!];
      if (first.kind !== 'message' || last.kind !== 'message' || !spans.some((span) => span.name === last.text)) return undefined;
      return { spans: swapped(spans, (span) => span.name === first.text, (span) => span.name === last.text) };
    }));

  it('rejects another number of rounds than the scenario states', () =>
    expectDrift(['wrong-loop-count'], ({ diagram, spans }) => {
      const verdict = judge(diagram, spans);
      const loop = verdict.verdict === 'same' ? verdict.loops[0] : undefined;
      return loop && { spans, expected: { loops: { [loop.label]: Math.max(...loop.rounds) + 1 } } };
    }));

  it('rejects another branch than the scenario states', () =>
    expectDrift(['wrong-branch'], ({ diagram, spans }) => {
      const verdict = judge(diagram, spans);
      const alternatives = blocksOf(diagram.body).filter(({ type }) => type === 'alt').flatMap(({ branches }) => branches.map(({ label }) => label));
      const other = verdict.verdict === 'same' ? alternatives.find((label) => !verdict.branches.includes(label)) : undefined;
      return other === undefined ? undefined : { spans, expected: { branch: other } };
    }));
});
