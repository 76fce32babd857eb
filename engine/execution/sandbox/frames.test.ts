import { expect } from 'chai';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { readFrames, writeFrame } from './frames.ts';

interface Frame {
  readonly head: { readonly n: number };
  readonly texts: string[];
}

test('frames arrive whole and in order, however the pipe cuts them', () => {
  const frames = fc.array(fc.record({ head: fc.record({ n: fc.nat() }), texts: fc.array(fc.string({ unit: 'grapheme' })) }), { maxLength: 5 });
  fc.assert(fc.property(frames, fc.integer({ min: 1, max: 7 }), (sent, step) => {
    const wire = new PassThrough();
    const bytes: Buffer[] = [];
    wire.on('data', (chunk: Buffer) => bytes.push(chunk));
    for (const { head, texts } of sent) writeFrame(wire, head, texts);
    const received: Frame[] = [];
    const cut = new PassThrough();
    readFrames<Frame['head']>(cut, (head, texts) => received.push({ head, texts }));
    wire.read();
    const all = Buffer.concat(bytes);
    for (let at = 0; at < all.length; at += step) cut.emit('data', all.subarray(at, at + step));
    expect(received).to.deep.equal(sent);
  }), { numRuns: 100 });
});
