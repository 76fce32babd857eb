import { expect } from 'chai';
import { describe, it } from 'node:test';
import { amount, choice, flag, lists, options, text, withDefaults } from './parameters.ts';

const declared = [
  choice('mode', 'simple', ['simple', 'full']),
  text('name', 'nobody', { show: { mode: ['full'] } }),
  amount('size', 1, { show: { '@version': [{ _cnd: { lt: 2 } }] } }),
  amount('size', 10, { show: { '@version': [{ _cnd: { gte: 2 } }] } }),
  options([flag('deep', true), text('only', '', { show: { '/mode': ['full'] } })]),
  lists('rules', { values: [text('key', 'k'), text('value', '', { show: { key: ['k'] } })] }),
];

describe('parameter defaults', () => {
  it('fills in what is visible and drops what is not', () => {
    expect(withDefaults(declared, { name: 'left over' }, 1)).to.deep.equal({ mode: 'simple', size: 1, options: {}, rules: {} });
    expect(withDefaults(declared, { mode: 'full' }, 1)).to.include({ name: 'nobody' });
  });

  it('chooses by the version', () => {
    expect(withDefaults(declared, {}, 2.1)).to.include({ size: 10 });
  });

  it('keeps of a collection what is stored, and shows what an expression may need', () => {
    expect(withDefaults(declared, { options: { deep: false, only: 'x', unknown: 1 } }, 1)['options']).to.deep.equal({ deep: false });
    expect(withDefaults(declared, { mode: '={{ $json.mode }}' }, 1)).to.have.property('name', 'nobody');
  });

  it('fills in each entry of a list by its own values', () => {
    expect(withDefaults(declared, { rules: { values: [{}, { key: 'other', value: 'hidden' }] } }, 1)['rules']).to.deep.equal({ values: [{ key: 'k', value: '' }, { key: 'other' }] });
  });
});
