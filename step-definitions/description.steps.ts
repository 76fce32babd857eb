/** The description of the API: whether it is true, and what happens to requests that do not keep to it. */
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { told } from '../support/actors/api-client.ts';
import { logsIn } from '../support/actors/customer.ts';
import { readMetrics } from '../support/actors/metrics-text.ts';
import { badRequests, namesPlace, sendBadRequests, shown, textsSent, type Verdict } from '../support/actors/openapi-bad-requests.ts';
import { lintDescription, pathOf, readDescription, type ApiDescription, type Operation } from '../support/actors/openapi-document.ts';
import { ownAddress } from '../support/actors/own-address.ts';
import { bearersOf, rowsOfTenant } from '../support/actors/rows-of-tenant.ts';
import type { HiveWorld } from '../support/world.ts';

Given('{person} may do everything at {tenant}, without a role', async function (this: HiveWorld, person: string, tenant: string) {
  // Quotas belong to roles: who has none can send many bad requests to one endpoint.
  const [administrator] = [...this.people.values()].filter((one) => one.tenant === tenant);
  const email = `${person.toLowerCase()}-${this.mark}@${tenant.toLowerCase()}.example`;
  const password = `${person}-likes-pie-better-than-passwords`;
  const answer = await this.arrange(administrator!.name, { method: 'POST', path: '/auth/users', body: { email, password, name: person, roles: [], permissions: ['*'] } });
  this.people.set(person, { name: person, tenant, email, password, userId: answer.body.id, token: undefined, refreshToken: undefined });
  await logsIn(this, person);
});

When('{person} sends {} wherever the description has a place for it', async function (this: HiveWorld, person: string, fault: string) {
  const description = await readDescription(this.engineUrls[0]!);
  const requests = badRequests(description, fault, this.mark);
  this.notes.set('rows before', await rowsOfTenant(this, this.person(person).tenant));
  this.notes.set('verdicts', await sendBadRequests(this.engineUrls[0]!, requests, { token: this.person(person).token!, address: ownAddress(this) }));
});

const documentedCodes = ({ request: { operation }, status }: Verdict) => operation.codes[String(status)] ?? [];

Then('each is answered {int} with the code {string}, as the description says', function (this: HiveWorld, status: number, code: string) {
  const verdicts = (this.notes.get('verdicts') as Verdict[]);
  this.attach(verdicts.map(shown).join('\n'), 'text/plain');
  expect(verdicts, 'requests that the description gave rise to').to.have.length.greaterThan(9);
  const others = verdicts.filter((verdict) => verdict.status !== status || verdict.body?.error?.code !== code);
  expect(others.map(shown), `answers that are not ${status} ${code}`).to.deep.equal([]);
  expect(verdicts.filter((verdict) => !documentedCodes(verdict).includes(code)).map(shown), `answers whose code ${code} the description does not name`).to.deep.equal([]);
  for (const verdict of verdicts) {
    expect(verdict.body.error, shown(verdict)).to.have.all.keys('code', 'message', 'details', 'request_id', 'correlation_id', 'retryable');
    expect(verdict.body.error.message, shown(verdict)).to.have.length.greaterThan(20);
  }
});

Then('each answer names the place of the fault, what was found and what was expected', function (this: HiveWorld) {
  const unnamed = (this.notes.get('verdicts') as Verdict[]).filter((verdict) => !namesPlace(verdict));
  expect(unnamed.map((verdict) => `${verdict.request.place} is not named by ${shown(verdict)}`)).to.deep.equal([]);
});

Then('nothing was written for {tenant}', async function (this: HiveWorld, tenant: string) {
  expect(await rowsOfTenant(this, tenant), 'rows by table').to.deep.equal(this.notes.get('rows before'));
  expect(await bearersOf(this, textsSent((this.notes.get('verdicts') as Verdict[]).map(({ request }) => request)))).to.deep.equal([]);
});

When('somebody reads the description', async function (this: HiveWorld) {
  this.notes.set('description', await readDescription(this.engineUrls[0]!));
});

const described = (world: HiveWorld) => (world.notes.get('description') as ApiDescription);
const called = ({ method, path }: Pick<Operation, 'method' | 'path'>) => `${method} ${path}`;

Then('it is an OpenAPI 3.1 document', function (this: HiveWorld) {
  const { source, operations } = described(this);
  expect(source.openapi).to.match(/^3\.1\.\d+$/);
  expect(operations.length, 'operations').to.be.greaterThan(20);
  expect(new Set(operations.map(({ operationId }) => operationId)), 'operation ids, each once').to.have.property('size', operations.length);
});

Then('every operation in it reaches a route', async function (this: HiveWorld) {
  const answers = await Promise.all(described(this).operations.map(async (operation) => ({ operation, answer: await this.ask(undefined, { method: operation.method, path: pathOf(operation) }) })));
  this.unseenFailure = undefined;
  const expected = ({ needsToken, body }: Operation) => (needsToken ? 401 : body ? 422 : 200);
  const astray = answers.filter(({ operation, answer }) => answer.status !== expected(operation));
  expect(astray.map(({ operation, answer }) => `${called(operation)}: expected ${expected(operation)}, ${told(answer)}`)).to.deep.equal([]);
});

Then('every address in it answers the methods that it names, and no other', async function (this: HiveWorld) {
  const byPath = Map.groupBy(described(this).operations, ({ path }) => path);
  for (const [path, operations] of byPath) {
    const methods = operations.map(({ method }) => method as string);
    const { headers } = await this.ask(undefined, { method: 'OPTIONS', path: pathOf(operations[0]!) });
    expect(headers.get('allow')?.split(', '), `methods of ${path}`).to.have.members([...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS']);
  }
});

/** `/workflows` for `/api/workflows` and the other way round: documents disagree about the prefix (conflict X02), so rooms serve both. */
const twinOf = (path: string) => (path.startsWith('/api/') ? path.slice('/api'.length) : `/api${path}`);

Then('the same address with or without its prefix is described too, or leads nowhere', async function (this: HiveWorld) {
  const { operations } = described(this);
  const forms = operations.map(({ path }) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`));
  const twins = operations.map(({ path, parameters }) => ({ path: twinOf(path), parameters })).filter(({ path }) => !forms.some((form) => form.test(path)));
  const answers = await Promise.all(twins.map((twin) => this.ask(undefined, { method: 'OPTIONS', path: pathOf(twin) })));
  this.unseenFailure = undefined;
  expect(answers.filter(({ status }) => status !== 404).map(told), 'addresses that answer and are not described').to.deep.equal([]);
});

Then('every route that the engines counted a request for stands in it', async function (this: HiveWorld) {
  const all = await Promise.all(this.engineUrls.map(readMetrics));
  const routed = all.flatMap(({ samples }) => samples).filter(({ name, labels }) => name === 'http_requests_total' && labels['status'] !== '405' && !['HEAD', 'OPTIONS'].includes(labels['method']!));
  const counted = [...new Set(routed.map(({ labels }) => `${labels['method']} ${labels['route']}`))].filter((route) => !/ (unknown|\/ws)$/.test(route));
  expect(counted, 'routes with requests').to.include('POST /workflows');
  expect(counted.filter((route) => !described(this).operations.map(called).includes(route)), 'routes that are not described').to.deep.equal([]);
});

Then('it tells in words how to open a socket', function (this: HiveWorld) {
  const { tags } = described(this).source as { tags: { description: string }[] };
  expect(tags.map(({ description }) => description).join(' ')).to.match(/\/ws.*WebSocket/);
});

Then("the linter's recommended rules find nothing wrong with it", async function (this: HiveWorld) {
  expect(await lintDescription(described(this))).to.deep.equal([]);
});

Then('the page names every operation of the description', async function (this: HiveWorld) {
  const { operations } = await readDescription(this.engineUrls[0]!);
  const page = this.answer.body as string;
  expect(operations.filter(({ operationId, path }) => !page.includes(`id="${operationId}"`) || !page.includes(`<code>${path}</code>`)).map(called)).to.deep.equal([]);
});

Then('the page loads nothing, neither scripts nor styles nor pictures', function (this: HiveWorld) {
  const page = this.answer.body as string;
  expect(page).to.not.match(/<(script|link|img|iframe|object|embed|video|audio)\b|\s(src|srcset|action)=|@import|url\(/i);
  const targets = [...page.matchAll(/href="([^"]*)"/g)].map(([, target]) => target!);
  expect(targets.filter((target) => !/^[#/]/.test(target) || target.startsWith('//')), 'links that lead elsewhere').to.deep.equal([]);
});
