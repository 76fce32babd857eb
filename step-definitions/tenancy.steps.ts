/** Requests and the tenants that they belong to. */
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { ForgedToken } from '../fixtures/forged-tokens.ts';
import { told, type Answer } from '../support/actors/api-client.ts';
import { schemaOf } from '../support/actors/executions-seen.ts';
import { forge } from '../support/actors/tokens.ts';
import { eventually } from '../support/waiting.ts';
import type { HiveWorld } from '../support/world.ts';

const inTheNameOf = (tenant: string) => ({ path: '/workflows', headers: { 'x-tenant-id': tenant } });

When('{person} lists workflows in the name of {tenant}', async function (this: HiveWorld, person: string, tenant: string) {
  await this.ask(person, inTheNameOf(this.tenantNamed(tenant).slug));
});

When('{person} lists workflows in the name of a tenant that nobody knows', async function (this: HiveWorld, person: string) {
  await this.ask(person, inTheNameOf(`nobody-${this.mark}`));
});

When('somebody lists workflows with {token}', async function (this: HiveWorld, words: ForgedToken) {
  await this.ask(undefined, { path: '/workflows', token: await forge(this, words) });
});

Given('a workflow with the same id but called {string} is planted in the schema of {tenant}', async function (this: HiveWorld, name: string, tenant: string) {
  const [workflow] = this.workflows.values();
  const [from, into] = [await schemaOf(this, this.person(workflow!.owner).tenant), await schemaOf(this, tenant)];
  const columns = (await this.database.rows(`select column_name from information_schema.columns where table_schema = $1 and table_name = 'workflows' and is_generated = 'NEVER'`, [into]))
    .map((row) => row['column_name'] as string);
  const values = columns.map((column) => (column === 'name' ? '$2' : column));
  await this.database.rows(`insert into ${into}.workflows (${columns.join(', ')}) select ${values.join(', ')} from ${from}.workflows where id = $1`, [workflow!.id, name]);
  await this.database.rows(`insert into ${into}.workflow_versions select * from ${from}.workflow_versions where workflow_id = $1`, [workflow!.id]);
});

Given('{person} sets a limit of {int} requests a minute for {tenant}', async function (this: HiveWorld, person: string, limit: number, _tenant: string) {
  await this.arrange(person, { method: 'PATCH', path: '/tenant/settings', body: { rateLimitPerMinute: limit } });
});

When('{person} and {person} each list workflows {int} times, on both engines in turn', async function (this: HiveWorld, one: string, other: string, times: number) {
  const answers = new Map<string, Answer[]>([[one, []], [other, []]]);
  for (let count = 0; count < times; count += 1)
    for (const [person, own] of answers) own.push(await this.ask(person, { path: '/workflows', engine: count % this.engineUrls.length }));
  this.notes.set('answers', answers);
});

const answersTo = (world: HiveWorld, person: string) => (world.notes.get('answers') as Map<string, Answer[]>).get(person)!;

Then('{person} was answered 200 at most {int} times and then 429 with the code {string}', function (this: HiveWorld, person: string, limit: number, code: string) {
  const answers = answersTo(this, person);
  this.unseenFailure = undefined;
  const good = answers.filter((answer) => answer.status === 200).length;
  expect(good, answers.map(told).join('\n')).to.be.within(1, limit);
  for (const answer of answers.slice(good)) expect({ status: answer.status, code: answer.body.error.code }, told(answer)).to.deep.equal({ status: 429, code });
});

Then('{person} was answered 200 each time', function (this: HiveWorld, person: string) {
  expect(answersTo(this, person).map((answer) => answer.status)).to.deep.equal(answersTo(this, person).map(() => 200));
});

/** Requests of a tenant for one route, summed over the engines. */
async function counted(world: HiveWorld, tenant: string): Promise<number> {
  const texts = await Promise.all(world.engineUrls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
  const label = `tenant="${world.tenantNamed(tenant).id}"`;
  const lines = texts.flatMap((text) => text.split('\n').filter((line) => line.startsWith('http_requests_total') && line.includes(label) && /route="\/workflows"/.test(line) && /method="POST"/i.test(line)));
  return lines.map((line) => Number(line.split(' ').at(-1))).reduce((sum, count) => sum + count, 0);
}

Then('the request counter of {tenant} for creating workflows has grown by one', async function (this: HiveWorld, tenant: string) {
  // The engine counts when the answer is out, so the answer may be here a moment before the count.
  await eventually('the request is counted', async () => expect(await counted(this, tenant), 'the tenant is new, so it was 0').to.equal(1));
});

Then('the request counter of {tenant} for creating workflows has not moved', async function (this: HiveWorld, tenant: string) {
  expect(await counted(this, tenant)).to.equal(0);
});

Then('the answer is an envelope with a code, a message and a request id', function (this: HiveWorld) {
  expect(this.answer.body.error).to.include.keys('code', 'message', 'request_id', 'retryable');
  expect(this.answer.headers.get('x-request-id')).to.equal(this.answer.body.error.request_id);
});

Given('the database role of {tenant} may no longer read workflows', async function (this: HiveWorld, tenant: string) {
  const schema = await schemaOf(this, tenant);
  const [row] = await this.database.rows('select role from hive.tenants where slug = $1', [this.tenantNamed(tenant).slug]);
  await this.database.rows(`revoke select on ${schema}.workflows, ${schema}.workflow_versions from ${row!['role']}`);
});

Then('she is shown nothing of {workflow}', function (this: HiveWorld, name: string) {
  expect(JSON.stringify(this.answer.body)).to.not.contain(name);
});

Then('{person} can still list workflows', async function (this: HiveWorld, person: string) {
  const answer = await this.ask(person, { path: '/workflows' });
  expect(answer.status, told(answer)).to.equal(200);
});
