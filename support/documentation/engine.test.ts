import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { expect } from 'chai';
import { errorCatalogue, type ErrorDefinition } from '../../engine/kernel/errors.ts';
import { settingsSchema } from '../../engine/kernel/settings.ts';
import { filesOf, read, root } from './repository.ts';

describe('settings', () => {
  const source = read('engine/kernel/settings.ts');
  const lines = source.split('\n');
  const names = Object.keys(settingsSchema.shape);

  it('are described, alone or in the group they open', () => {
    const undescribed = names.filter((name) => {
      const line = lines.findIndex((text) => text.trimStart().startsWith(`${name}:`));
      const opening = lines.slice(0, line).findLastIndex((text) => !/^\s*[A-Z0-9_]+:/.test(text));
      return !/\*\/\s*$/.test(lines[opening] ?? '');
    });
    expect(names).to.not.have.length(0);
    expect(undescribed).to.deep.equal([]);
  });

  it('are not read past them', () => {
    const readers = filesOf('engine/**/*.ts').filter((file) => !file.endsWith('.test.ts') && /process\.env\b/.test(read(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')));
    expect(readers).to.deep.equal(['engine/main.ts']);
  });
});

/** Stands for any facts: every property is there, can be called, counted, listed and printed. */
const anything: never = new Proxy(() => anything, {
  get: (_, key) => {
    if (key === Symbol.toPrimitive) return (hint: string) => (hint === 'number' ? 2 : 'something');
    if (key === Symbol.iterator) return [][Symbol.iterator].bind(['something']);
    if (key === 'toString' || key === 'join') return () => 'something';
    if (key === 'length') return 2;
    return anything;
  },
}) as never;

/** Some messages look a word up by a fact; then the words stand in the source alone. */
function told({ describe: tell }: ErrorDefinition<never>): string {
  try {
    return tell(anything);
  } catch {
    return String(tell);
  }
}

/** What was found, what was expected and what to do does not fit into less. */
const SHORTEST_MESSAGE = 50;
/** Their facts say all of it; the schemas that were not met wrote them. */
const SAID_BY_FACTS = ['REQUEST_INVALID'];

describe('error codes', () => {
  let errors: ErrorDefinition<never>[] = [];
  before(async () => {
    // Two definitions of one code refuse to be loaded together, so loading all of them is the test of uniqueness.
    for (const file of filesOf('engine/**/errors.ts')) await import(join(root, file));
    errors = [...errorCatalogue().values()];
  });

  it('are upper snake case and carry the status of a failure', () => {
    expect(errors.length).to.be.greaterThan(10);
    expect(errors.filter(({ code, status }) => !/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(code) || status < 400 || status > 599).map(({ code }) => code)).to.deep.equal([]);
  });

  it('come with a message that has room for advice', () => {
    const tooShort = errors.map((error) => ({ code: error.code, message: told(error) })).filter(({ code, message }) => message.length < SHORTEST_MESSAGE && !SAID_BY_FACTS.includes(code));
    expect(tooShort).to.deep.equal([]);
  });

  it('are defined in the rooms’ errors.ts alone', () => {
    const others = filesOf('engine/**/*.ts').filter((file) => !/errors\.ts$|\.test\.ts$/.test(file) && /\bdefineError\s*[<(]/.test(read(file)));
    expect(others).to.deep.equal([]);
  });
});
