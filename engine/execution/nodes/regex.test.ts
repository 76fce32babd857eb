import { expect } from 'chai';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, it } from 'node:test';
import { NodeFault } from './fault.ts';
import { matches, regexFrom, replaced } from './regex.ts';

describe('patterns of users', () => {
  // The budget is that of one turn of the event loop.
  afterEach(() => setImmediate());

  it('match and replace as they are written', () => {
    expect(matches(regexFrom('/^A+$/i'), 'aaa')).to.equal(true);
    expect(matches(regexFrom('(a|b)+c'), 'abac')).to.equal(true);
    expect(matches(regexFrom('(a|b)+c'), 'abad')).to.equal(false);
    expect(replaced(/(\w)_(\w)/g, 'a_b c_d', '$2$1')).to.equal('ba dc');
  });

  for (const [pattern, text] of [['^(a+)+$', 'a'.repeat(60)], ['(x+x+)+y', 'x'.repeat(60)], [String.raw`^(a?){40}\1$`, 'a'.repeat(40)], ['a*a*a*a*a*a*b', 'a'.repeat(5_000)]] as const)
    it(`${pattern} is given up on`, () => {
      const startedAt = performance.now();
      expect(() => matches(regexFrom(pattern), `${text}!`)).to.throw(NodeFault, 'takes too long');
      expect(performance.now() - startedAt).to.be.lessThan(3_000);
    });

  it('share one budget, so that a long list of slow ones ends too, and the next turn has its own', async () => {
    const slow = () => matches(regexFrom('(a|a)+b'), 'a'.repeat(24));
    expect(() => Array.from({ length: 1_000 }, slow)).to.throw(NodeFault, 'takes too long');
    await setImmediate();
    expect(matches(regexFrom('(a|b)+c'), 'abac')).to.equal(true);
  });

  it('that are harmless pass over long lists', () => {
    const pattern = regexFrom('^[a-z]+@[a-z]+$');
    expect(Array.from({ length: 50_000 }, () => matches(pattern, 'ada@acme')).every(Boolean)).to.equal(true);
  });
});
