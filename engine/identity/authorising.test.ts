import { describe, it } from 'node:test';
import { expect } from 'chai';
import { decide } from './authorising.ts';

const dario = { userId: 'dario', tenantId: 'acme' };
const wanted = (ownerId: string | undefined, tenantId = 'acme') => ({ permission: 'workflows.execute', resource: { kind: 'workflows', id: 'w', tenantId, ownerId } });
const active = (...permissions: string[]) => ({ status: 'active', permissions });
const outcome = (...asked: Parameters<typeof decide>) => {
  const decision = decide(...asked);
  return decision.granted ? 'granted' : decision.reason;
};

describe('the second check', () => {
  it('grants what is one\'s own, and what is the whole tenant\'s', () => {
    expect(outcome(dario, wanted('dario'), active('workflows.*'))).to.equal('granted');
    expect(outcome(dario, wanted(undefined), active('workflows.*'))).to.equal('granted');
  });

  it('denies each reason by its name', () => {
    expect(outcome(dario, wanted('ada'), active('workflows.*'))).to.equal('owner');
    expect(outcome(dario, wanted('dario', 'globex'), active('*'))).to.equal('tenant');
    expect(outcome(dario, wanted('dario'), active('workflows.view'))).to.equal('permission');
    expect(outcome(dario, wanted('dario'), { status: 'disabled', permissions: ['*'] })).to.equal('inactive');
    expect(outcome(dario, wanted('dario'), undefined)).to.equal('inactive');
  });

  it('lets those act on others\' things who were given that by name', () => {
    expect(outcome(dario, wanted('ada'), active('workflows.execute', 'workflows.manage'))).to.equal('granted');
    expect(outcome(dario, wanted('ada'), active('*'))).to.equal('granted');
  });
});
