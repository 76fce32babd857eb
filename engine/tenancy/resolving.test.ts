import { describe, it } from 'node:test';
import { expect } from 'chai';
import type { Tenant } from '../kernel/index.ts';
import type { AuditEvent } from '../compliance/index.ts';
import { createResolving } from './resolving.ts';

const tenant = (id: string, slug: string, status: Tenant['status'] = 'active'): Tenant => ({ id, slug, name: slug, status, schema: 's', role: 'r', keyPrefix: `t:${id}:`, settings: {} });
const tenants = [tenant('1', 'acme'), tenant('2', 'globex'), tenant('3', 'initech', 'suspended')];
const request = { requestId: 'r', ipAddress: '203.0.113.7', userId: 'ada' };

async function resolved(asked: { header?: string; claim?: string }) {
  const events: AuditEvent[] = [];
  const directory = { find: async (name: string) => tenants.find(({ id, slug }) => name === id || name === slug) };
  const resolve = createResolving(directory, { securityEvent: async (event) => void events.push(event) });
  const answer = await resolve({ ...asked, ...request }).then((found) => found.slug, (error: { code: string }) => error.code);
  return { answer, events: events.map(({ action, tenantId, resourceId }) => ({ action, tenantId, resourceId })) };
}

describe('the tenant of a request', () => {
  const cases: readonly [name: string, asked: { header?: string; claim?: string }, answer: string][] = [
    ['is the one in the token', { claim: '1' }, 'acme'],
    ['is the one in the header, by short name', { header: 'globex' }, 'globex'],
    ['is the one in the header, by id', { header: '2' }, 'globex'],
    ['may be named twice, also in two ways', { header: 'acme', claim: '1' }, 'acme'],
    ['is required', {}, 'TENANT_REQUIRED'],
    ['is required, and an empty header names none', { header: '' }, 'TENANT_REQUIRED'],
    ['must be known', { header: 'nobody', claim: '1' }, 'TENANT_UNKNOWN'],
    ['must not be suspended', { header: 'initech' }, 'TENANT_SUSPENDED'],
  ];
  for (const [name, asked, answer] of cases) it(name, async () => void expect(await resolved(asked)).to.deep.equal({ answer, events: [] }));

  it('must be the one in the token; else its person\'s tenant has a security event', async () => {
    expect(await resolved({ header: 'globex', claim: '1' })).to.deep.equal({
      answer: 'TENANT_MISMATCH', events: [{ action: 'tenant.mismatch', tenantId: '1', resourceId: '2' }],
    });
  });

  it('is told as a mismatch before anything else is told of the other tenant', async () => {
    expect((await resolved({ header: 'initech', claim: '1' })).answer).to.equal('TENANT_MISMATCH');
  });
});
