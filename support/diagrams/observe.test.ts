import { describe, it } from 'node:test';
import { expect } from 'chai';
import { observe, told } from './observe.ts';
import type { RecordedSpan } from './spans.ts';

interface Given {
  readonly id: string;
  readonly parent?: string;
  readonly process: string;
  readonly moments: readonly [number, number];
  /** Milliseconds of the wall clock. */
  readonly clock: readonly [number, number];
}

const span = ({ id, parent, process, moments: [start, end], clock }: Given): RecordedSpan => ({
  traceId: 't', spanId: id, parentSpanId: parent, name: id, process, failed: false,
  startNano: BigInt(clock[0]) * 1_000_000n, endNano: BigInt(clock[1]) * 1_000_000n,
  attributes: { 'hive.from': 'x', 'hive.to': 'y', 'hive.message': id, 'hive.start': start, 'hive.end': end },
});
const order = (...given: Given[]) => observe(given.map(span)).map(({ kind, span: { message } }) => `${kind === 'call' ? '>' : '<'}${message}`).join(' ');

describe('the order of observed messages', () => {
  it('is that of moments within a process, whatever its clock says', () => {
    const one = { id: 'a', process: 'p', moments: [1, 4], clock: [900, 1000] } as const;
    expect(order({ id: 'b', process: 'p', moments: [2, 3], clock: [5, 6] }, one)).to.equal('>a >b <b <a');
  });

  it('puts a call after its parent’s and a reply before its parent’s, where clocks of two processes are too coarse', () => {
    const parent = { id: 'a', process: 'p', moments: [1, 2], clock: [100, 101] } as const;
    expect(order({ id: 'b', parent: 'a', process: 'q', moments: [7, 8], clock: [99, 102] }, parent)).to.equal('>a >b <b <a');
  });

  it('lets a child of another process end later than its parent', () => {
    const parent = { id: 'a', process: 'p', moments: [1, 2], clock: [100, 110] } as const;
    expect(order(parent, { id: 'b', parent: 'a', process: 'q', moments: [1, 2], clock: [105, 150] })).to.equal('>a >b <a <b');
  });

  it('follows the wall clock between processes that nothing connects', () => {
    expect(order({ id: 'a', process: 'p', moments: [1, 2], clock: [10, 20] }, { id: 'b', process: 'q', moments: [1, 2], clock: [15, 30] })).to.equal('>a >b <a <b');
  });

  it('comes to an end also when clocks and causes contradict each other', () => {
    const one = { id: 'a', process: 'p', moments: [1, 4], clock: [50, 60] } as const;
    const two = { id: 'c', parent: 'b', process: 'p', moments: [2, 3], clock: [51, 52] } as const;
    expect(order(one, two, { id: 'b', parent: 'a', process: 'q', moments: [1, 2], clock: [1, 2] })).to.equal('>a >b <b >c <c <a');
  });

  it('knows tenant, failure, facts and what a span was made for', () => {
    const outer = span({ id: 'outer', process: 'p', moments: [1, 4], clock: [1, 4] });
    const inner = span({ id: 'inner', parent: 'outer', process: 'p', moments: [2, 3], clock: [2, 3] });
    const failed = { ...inner, attributes: { ...inner.attributes, 'hive.tenant': 'acme', 'hive.error': 'NO_FLOUR', 'hive.node': 'Bake' } };
    const reply = observe([failed, outer, { ...outer, spanId: 'silent', attributes: {} }]).find(({ kind, span: { message } }) => kind === 'reply' && message === 'inner')!;
    expect(reply.span).to.include({ tenant: 'acme', error: 'NO_FLOUR' });
    expect([reply.span.facts, reply.span.within]).to.deep.equal([{ node: 'Bake' }, ['outer']]);
    expect(told(reply)).to.equal('y --> x: error NO_FLOUR of inner');
  });
});
