import { test } from 'node:test';
import { expect } from 'chai';
import fc from 'fast-check';
import { createOpenStreams, type Touched } from './open-streams.ts';

/** A history in which no stream is touched after the flush that closed it, which is what callers promise. */
const history = fc.array(fc.array(fc.record({ stream: fc.integer({ min: 0, max: 9 }).map(String), closes: fc.boolean() }), { maxLength: 6 }), { maxLength: 30 }).map((flushes) => {
  const closed = new Set<string>();
  return flushes.map((flush) => {
    const allowed = flush.filter(({ stream }) => !closed.has(stream));
    for (const { stream, closes } of allowed) if (closes) closed.add(stream);
    return allowed;
  });
});

/** The slow and obvious answer: read everything. */
function fromHistory(flushes: readonly (readonly Touched[])[]) {
  const closed = new Set(flushes.flat().filter(({ closes }) => closes).map(({ stream }) => stream));
  return flushes.flatMap((flush, index) => (flush.some(({ stream }) => !closed.has(stream)) ? [index + 1] : []));
}

test('the flushes to read are those that hold a record of an open stream, also across a checkpoint', () => {
  fc.assert(
    fc.property(history, fc.nat(30), (flushes, cut) => {
      const before = createOpenStreams();
      flushes.slice(0, cut).forEach((flush, index) => before.note(index + 1, flush));
      const after = createOpenStreams(before.encode());
      flushes.slice(cut).forEach((flush, index) => after.note(Math.min(cut, flushes.length) + index + 1, flush));
      expect(after.flushes()).to.deep.equal(fromHistory(flushes));
    }),
  );
});

test('a record that follows the closing one within its flush does not open the stream again', () => {
  const open = createOpenStreams();
  open.note(1, [{ stream: 'run', closes: false }]);
  open.note(2, [{ stream: 'run', closes: true }, { stream: 'run', closes: false }]);
  expect(open.has('run')).to.equal(false);
});
