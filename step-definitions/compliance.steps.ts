/** What stands in the audit log, looked up in the database past all rights. */
import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { eventually } from '../support/waiting.ts';
import type { HiveWorld } from '../support/world.ts';

interface Wanted {
  readonly tenant: string;
  readonly category: 'audit' | 'security';
  readonly person?: string;
}

async function events(world: HiveWorld, { tenant, category, person }: Wanted) {
  return world.database.rows(
    `select action, outcome, phase, resource_id, facts from hive.audit_events
     where tenant_id = $1 and category = $2 and ($3::uuid is null or actor_id = $3) order by sequence`,
    [world.tenantNamed(tenant).id, category, person === undefined ? null : world.person(person).userId],
  );
}

Then('the audit log of {tenant} has a success of {string} by {person}', async function (this: HiveWorld, tenant: string, action: string, person: string) {
  await eventually(`a success of ${action} is in the audit log`, async () => {
    const found = await events(this, { tenant, category: 'audit', person });
    expect(found.filter((row) => row['action'] === action && row['outcome'] === 'success')).to.have.length(1);
  });
});

Then('the audit log of {tenant} has a grant of {string} to {person}', async function (this: HiveWorld, tenant: string, permission: string, person: string) {
  const found = await events(this, { tenant, category: 'audit', person });
  expect(found.map((row) => `${row['action']} ${row['outcome']} ${row['facts'].permission}`)).to.include(`access.granted success ${permission}`);
});

Then('the audit log of {tenant} has nothing by {person}', async function (this: HiveWorld, tenant: string, person: string) {
  expect(await events(this, { tenant, category: 'audit', person })).to.deep.equal([]);
});

Then('the security events of {tenant} have none by {person}', async function (this: HiveWorld, tenant: string, person: string) {
  expect(await events(this, { tenant, category: 'security', person })).to.deep.equal([]);
});

Then('the security events of {tenant} have a denial of {string} to {person}', async function (this: HiveWorld, tenant: string, permission: string, person: string) {
  const found = await events(this, { tenant, category: 'security', person });
  expect(found.map((row) => `${row['outcome']} ${row['facts'].permission}`)).to.include(`denied ${permission}`);
});

Then('the security events of {tenant} have a {string} by {person}', async function (this: HiveWorld, tenant: string, action: string, person: string) {
  const found = await events(this, { tenant, category: 'security', person });
  expect(found.map((row) => row['action'])).to.include(action);
});

Then('the lock is in the audit log as a security event', async function (this: HiveWorld) {
  const found = await events(this, { tenant: 'Acme', category: 'security' });
  expect(found.map((row) => row['action'])).to.include('auth.sign-in.locked');
});

Then('the reuse is in the audit log as a security event', async function (this: HiveWorld) {
  const found = await events(this, { tenant: 'Acme', category: 'security' });
  expect(found.map((row) => row['action'])).to.include('auth.refresh.reused');
});
