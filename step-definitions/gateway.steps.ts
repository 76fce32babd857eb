/** The door itself: in which order it looks at things, and how it speaks. */
import { Then, When, defineParameterType } from '@cucumber/cucumber';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { told, type Asked } from '../support/actors/api-client.ts';
import { schemaOf } from '../support/actors/executions-seen.ts';
import { changesWorkflow } from '../support/actors/faulty-change.ts';
import { sendBytes } from '../support/actors/raw-http.ts';
import { fixtureWorkflow } from '../support/fixture-workflow.ts';
import { eventually } from '../support/waiting.ts';
import type { HiveWorld } from '../support/world.ts';

defineParameterType({
  name: 'request',
  regexp: /(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (\/\S*)/,
  transformer: (method: string, path: string): Asked => ({ method: method as NonNullable<Asked['method']>, path }),
});
defineParameterType({ name: 'bytes', regexp: /a line that is no request|more headers than are allowed/, transformer: (words: string) => words });

When('somebody changes a workflow with {} and {}', async function (this: HiveWorld, first: string, second: string) {
  await changesWorkflow(this, [first, second]);
});

When('somebody sends {request}', async function (this: HiveWorld, asked: Asked) {
  await this.ask(undefined, asked);
});

When('{person} sends {request}', async function (this: HiveWorld, person: string, asked: Asked) {
  await this.ask(person, asked);
});

When('somebody sends {request} as part of {string}', async function (this: HiveWorld, asked: Asked, correlation: string) {
  await this.ask(undefined, { ...asked, headers: { 'x-correlation-id': correlation } });
});

When('{person} lists workflows as part of {string}', async function (this: HiveWorld, person: string, correlation: string) {
  await this.ask(person, { path: '/workflows', headers: { 'x-correlation-id': `${correlation}-${this.mark}` } });
});

When('somebody sends {bytes}', async function (this: HiveWorld, words: string) {
  const overfull = `GET /health/live HTTP/1.1\r\nHost: hive\r\nX-Pie: ${'apple '.repeat(4_000)}\r\n\r\n`;
  this.notes.set('bytes', await sendBytes(this.engineUrls[0]!, words === 'a line that is no request' ? 'one pie please\r\n\r\n' : overfull));
});

Then('the bytes are answered {int} with the code {string}', function (this: HiveWorld, status: number, code: string) {
  const answer = (this.notes.get('bytes') as Awaited<ReturnType<typeof sendBytes>>);
  expect({ status: answer.status, code: answer.body.error?.code }).to.deep.equal({ status, code });
});

When('somebody logs in with a password in a field that nobody knows', async function (this: HiveWorld) {
  const { email, password, tenant } = this.person('Ada');
  await this.ask(undefined, { method: 'POST', path: '/auth/login', body: { email, passwort: password, tenant: this.tenantNamed(tenant).slug } });
});

Then('the password is nowhere in the answer', function (this: HiveWorld) {
  expect(JSON.stringify(this.answer.body)).to.not.contain(this.person('Ada').password);
});

const n8nDocument = (world: HiveWorld) => fixtureWorkflow('Say hello', world.webService.url) as unknown as Record<string, unknown>;
const creating = (body: Record<string, unknown>): Asked => ({ method: 'POST', path: '/workflows', body });

When('{person} creates a workflow whose name has {int} characters', async function (this: HiveWorld, person: string, length: number) {
  await this.ask(person, creating({ name: 'p'.repeat(length), description: 'Pies', n8n_data: n8nDocument(this) }));
});

When('{person} creates a workflow without a description', async function (this: HiveWorld, person: string) {
  await this.ask(person, creating({ name: 'Say hello', n8n_data: n8nDocument(this) }));
});

When(/^(\w+) creates a workflow (without nodes|without connections|without nodes and connections)$/, async function (this: HiveWorld, person: string, without: string) {
  const document = n8nDocument(this);
  for (const part of ['nodes', 'connections']) if (without.includes(part)) delete document[part];
  await this.ask(person, creating({ name: 'Say hello', n8n_data: document }));
});

When('{person} creates a workflow with a short name, without nodes and with a field that nobody knows', async function (this: HiveWorld, person: string) {
  await this.ask(person, creating({ name: 'p', n8n_data: { connections: {} }, pie: 'apple' }));
});

Then('the faults are at {names}', function (this: HiveWorld, places: string[]) {
  expect(this.answer.body.error.details.faults.map((fault: { path: string }) => fault.path), told(this.answer)).to.have.members(places);
});

Then('the answer says {string}', function (this: HiveWorld, words: string) {
  expect(JSON.stringify(this.answer.body), told(this.answer)).to.contain(words);
});

Then('{int} workflows of {tenant} are stored', async function (this: HiveWorld, count: number, tenant: string) {
  expect(await this.database.rows(`select id from ${await schemaOf(this, tenant)}.workflows`)).to.have.length(count);
});

Then(/^the answer allows ([A-Z, ]+)$/, function (this: HiveWorld, methods: string) {
  expect(this.answer.headers.get('allow')?.split(', '), told(this.answer)).to.have.members(methods.split(', '));
});

Then('the answer has the headers of GET and no body', async function (this: HiveWorld) {
  const head = this.answer;
  const get = await this.ask(undefined, { path: head.request.path });
  for (const name of ['content-type', 'content-length', 'cache-control']) expect(head.headers.get(name), name).to.equal(get.headers.get(name));
  expect(head.body).to.equal('');
});

Then('the answer belongs to {string}', function (this: HiveWorld, correlation: string) {
  expect(this.answer.headers.get('x-correlation-id')).to.equal(`${correlation}-${this.mark}`);
});

Then('the answer belongs to the request itself', function (this: HiveWorld) {
  expect(this.answer.headers.get('x-correlation-id')).to.match(/^[0-9a-f-]{36}$/).and.equal(this.answer.headers.get('x-request-id'));
});

Then("the engine's log tells of that request, of {tenant} and of {person}", async function (this: HiveWorld, tenant: string, person: string) {
  const { headers } = this.answer;
  const line = await eventually('the request is in the log', () => {
    const found = readFileSync(this.platform.engines[0]!.logFile, 'utf8').split('\n').find((text) => text.includes(headers.get('x-correlation-id')!) && text.includes('"message":"request"'));
    if (!found) throw new Error(`no line has ${headers.get('x-correlation-id')}`);
    return JSON.parse(found) as Record<string, unknown>;
  });
  expect(line).to.include({ request_id: headers.get('x-request-id'), route: '/workflows', status: 200, tenant: this.tenantNamed(tenant).id, user: this.person(person).userId });
});
