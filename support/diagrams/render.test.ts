import { describe, it } from 'node:test';
import { expect } from 'chai';
import fc from 'fast-check';
import { arbitraryDiagram } from './arbitrary-diagram.ts';
import { layOut } from './layout.ts';
import { messagesOf } from './model.ts';
import { parse } from './parse.ts';
import { renderSvg } from './render.ts';

describe('the drawing of a diagram', () => {
  it('shows every participant and message, escaped, and marks where a run drifted', () => {
    const diagram = parse('sequenceDiagram\n  autonumber\n  actor U as Ada & friends\n  U->>Q: is 1 < 2?\n  Note over U: a note\n  alt yes\n    Q-->>U: sure\n  else no\n    Q--xU: lost\n  end');
    const svg = renderSvg(diagram, { marked: [7], title: 'Sums' });
    for (const text of ['Ada &#38; friends', '1. is 1 &#60; 2?', 'a note', '[yes]', '[no]', '2. sure', '3. lost', '<title>Sums</title>']) expect(svg).to.include(text);
    expect(svg.match(/<g class="drift">.*?<\/g>/)?.[0]).to.include('2. sure');
    expect(svg, 'nothing from outside').to.not.match(/href=|url\(|<script/);
  });

  it('keeps every shape on the paper and every line of messages apart, for any diagram', () => {
    fc.assert(
      fc.property(arbitraryDiagram, (diagram) => {
        const { width, height, shapes } = layOut(diagram);
        const messages = shapes.filter((shape) => shape.kind === 'message');
        expect(messages).to.have.length(messagesOf(diagram.body).length);
        for (const shape of shapes) {
          const [left, right] = shape.kind === 'message' ? [Math.min(shape.from, shape.to), Math.max(shape.from, shape.to)] : [shape.x, shape.x + ('width' in shape ? shape.width : 0)];
          expect([left >= 0, right <= width, shape.y >= 0, ('bottom' in shape ? shape.bottom : shape.y) <= height], JSON.stringify(shape)).to.not.include(false);
        }
        const heights = messages.map(({ y }) => y);
        heights.slice(1).forEach((y, index) => expect(y - heights[index]!).to.be.at.least(20));
      }),
      { numRuns: 60 },
    );
  });

  it('gives neighbours room for what they say to each other', () => {
    const { shapes } = layOut(parse('sequenceDiagram\n  A->>B: a rather long sentence here\n  B->>B: and one to itself alone\n  B->>C: x'));
    const columns = shapes.filter((shape) => shape.kind === 'lifeline').map(({ x }) => x);
    expect(columns[1]! - columns[0]!).to.be.above(31 * 6.5);
    expect(columns[2]! - columns[1]!).to.be.above(27 * 6.5 + 30);
  });
});
