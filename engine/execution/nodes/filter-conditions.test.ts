import { expect } from 'chai';
import { describe, it } from 'node:test';
import { passesFilter, type FilterValue, type Operator } from './filter-conditions.ts';

function holds(leftValue: unknown, operator: `${Operator['type']}:${string}`, rightValue?: unknown, options: FilterValue['options'] = { caseSensitive: true, typeValidation: 'strict', version: 2 }): boolean {
  const [type, operation] = operator.split(':') as [Operator['type'], string];
  return passesFilter({ combinator: 'and', conditions: [{ leftValue, rightValue, operator: { type, operation } }], options });
}

describe('filter conditions', () => {
  it('compares texts by case or not', () => {
    expect(holds('Hive', 'string:equals', 'hive')).to.equal(false);
    expect(holds('Hive', 'string:equals', 'hive', { caseSensitive: false, typeValidation: 'strict', version: 2 })).to.equal(true);
    expect(holds('queen bee', 'string:regex', '/^QUEEN/i')).to.equal(true);
  });

  it('refuses a value of another type when strict, and converts it when loose', () => {
    expect(() => holds('15', 'number:gt', 1)).to.throw("Wrong type: '15' is a string but was expecting a number [condition 0, item 0]");
    expect(holds('15', 'number:gt', 1, { typeValidation: 'loose', version: 2 })).to.equal(true);
    expect(() => holds('many', 'number:gt', 1, { typeValidation: 'loose', version: 2 })).to.throw("can't be converted to a number");
  });

  it('reads "false" as true in the first version of filters, as false later', () => {
    expect(holds('false', 'boolean:true', undefined, { typeValidation: 'loose', version: 1 })).to.equal(true);
    expect(holds('false', 'boolean:true', undefined, { typeValidation: 'loose', version: 2 })).to.equal(false);
  });

  it('tells a missing value from an empty one', () => {
    expect(holds(undefined, 'string:exists')).to.equal(false);
    expect(holds('', 'string:exists')).to.equal(true);
    expect(holds(undefined, 'object:empty')).to.equal(true);
  });

  it('compares moments, not their texts', () => {
    expect(holds('2024-01-01T00:00:00+02:00', 'dateTime:equals', '2023-12-31T22:00:00Z')).to.equal(true);
  });
});
