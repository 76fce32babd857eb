import { expect } from 'chai';
import { describe, it } from 'node:test';
import type { Item } from '../sandbox/port.ts';
import { exactly, fuzzily } from './combine.ts';
import { NodeFault } from './fault.ts';
import { joinByFields, type Join } from './merge-join.ts';
import { candidatesAmong, requireFewPairs } from './pairing.ts';

const itemsOf = (count: number, json: (index: number) => Item['json']): Item[] => Array.from({ length: count }, (_, index) => ({ json: json(index) }));
const join: Join = { pairs: [{ field1: 'id', field2: 'id' }], mode: 'keepMatches', outputDataFrom: 'both', dots: true, fuzzy: false, first: false, clash: {}, strict: false };
const read = ({ json }: Item) => json['id'];

describe('pairing two lists', () => {
  it('joins long lists by exact values in no time', () => {
    const joined = joinByFields(itemsOf(50_000, (id) => ({ id })), itemsOf(50_000, (id) => ({ id, name: `n${id}` })), join);
    expect(joined).to.have.length(50_000);
    expect(joined[7]?.json).to.deep.equal({ id: 7, name: 'n7' });
  });

  it('finds equal objects too', () => {
    const joined = joinByFields(itemsOf(3, (id) => ({ id: { a: id } })), itemsOf(3, (id) => ({ id: { a: 2 - id }, name: id })), join);
    expect(joined.map(({ json }) => json['name'])).to.deep.equal([2, 1, 0]);
  });

  it('gives up on more pairs than could be kept', () => {
    expect(() => joinByFields(itemsOf(1_000, () => ({ id: 1 })), itemsOf(1_000, () => ({ id: 1 })), join)).to.throw(NodeFault, 'pairs');
    expect(() => requireFewPairs(5_000 * 5_000)).to.throw(NodeFault, 'pairs');
  });

  it('gives up on more comparisons than everybody would wait for', () => {
    const many = itemsOf(3_000, (id) => ({ id }));
    const candidates = candidatesAmong(many, read, fuzzily());
    expect(() => many.map((item) => candidates(read(item)))).to.throw(NodeFault, 'comparisons');
    const exact = candidatesAmong(many, read, exactly);
    expect(many.map((item) => exact(read(item)).length)).to.deep.equal(many.map(() => 1));
  });
});
