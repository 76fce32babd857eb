import { expect } from 'chai';
import { describe, it } from 'node:test';
import { fieldNames, getPath, setPath, unsetPath } from './paths.ts';

describe('paths', () => {
  it('reads nested fields, lists, and a field whose name has a dot', () => {
    expect(getPath({ a: [{ b: 1 }] }, 'a[0].b')).to.equal(1);
    expect(getPath({ 'a.b': 2, a: { b: 1 } }, 'a.b')).to.equal(2);
    expect(getPath({}, 'constructor.name')).to.equal(undefined);
  });

  it('writes objects and lists on the way, and never into a prototype', () => {
    const target: Record<string, unknown> = {};
    setPath(target, 'a.0.b', 1);
    setPath(target, '__proto__.polluted', true);
    expect(target).to.deep.equal({ a: [{ b: 1 }] });
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });

  it('removes a nested field only', () => {
    const target = { a: { b: 1, c: 2 } };
    unsetPath(target, 'a.b');
    expect(target).to.deep.equal({ a: { c: 2 } });
  });

  it('reads names in each of the forms that nodes store', () => {
    expect(fieldNames('a, b ,')).to.deep.equal(['a', 'b']);
    expect(fieldNames({ fields: [{ fieldName: 'a' }] })).to.deep.equal(['a']);
  });
});
