/** How much people and addresses may ask for. */
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { told, type Answer, type Asked } from '../support/actors/api-client.ts';
import { readMetrics } from '../support/actors/metrics-text.ts';
import { startsEngines } from '../support/actors/operator.ts';
import { ownAddress } from '../support/actors/own-address.ts';
import { inRedis } from '../support/actors/redis-inspector.ts';
import { fixtureWorkflow } from '../support/fixture-workflow.ts';
import type { HiveWorld } from '../support/world.ts';

const doings: Readonly<Record<string, (world: HiveWorld) => Asked>> = {
  'create a workflow': (world) => ({ method: 'POST', path: '/workflows', body: { name: 'Say hello', n8n_data: fixtureWorkflow('Say hello', world.webService.url) } }),
  'start an execution': () => ({ method: 'POST', path: '/workflows/execute', body: { workflow_id: '0b0f8f3e-6c0e-4d0c-9d55-6a3f0a1c2b4d' } }),
  // Budgets are spent before the body is read, so nothing needs to be registered.
  'register an agent': () => ({ method: 'POST', path: '/api/agents', body: {} }),
};
const REGISTERS = 'register an agent';

When(/^(\w+) tries to (create a workflow|start an execution|register an agent)$/, async function (this: HiveWorld, person: string, doing: string) {
  await this.ask(person, doings[doing]!(this));
});

Then('no request of {person} to {string} is counted', async function (this: HiveWorld, person: string, endpoint: string) {
  const keys = await inRedis(this, (redis) => redis.keys(`rate:*${this.person(person).userId}*`));
  expect(keys.filter((key) => key.includes(endpoint)), `counters of ${person}`).to.deep.equal([]);
});

When('{person} tries to register an agent {int} times, on both engines in turn', async function (this: HiveWorld, person: string, times: number) {
  const answers: Answer[] = [];
  for (let count = 0; count < times; count += 1) answers.push(await this.ask(person, { ...doings[REGISTERS]!(this), engine: count % this.engineUrls.length }));
  this.unseenFailure = undefined;
  this.notes.set('answers', answers);
});

function refusedWithTime(answers: readonly Answer[]) {
  for (const answer of answers) {
    expect({ status: answer.status, code: answer.body.error?.code, retryable: answer.body.error?.retryable }, told(answer)).to.deep.equal({ status: 429, code: 'RATE_LIMITED', retryable: true });
    expect(Number(answer.headers.get('retry-after')), `Retry-After of ${told(answer)}`).to.be.within(1, 60);
  }
}

Then('{int} requests were let through and then {int} were answered 429, with the time to wait', function (this: HiveWorld, through: number, refused: number) {
  const answers = (this.notes.get('answers') as Answer[]);
  expect(answers.slice(0, through).filter(({ status }) => status === 429).map(told), 'refused too early').to.deep.equal([]);
  expect(answers.slice(through)).to.have.length(refused);
  refusedWithTime(answers.slice(through));
});

Then('{person} may still register an agent', async function (this: HiveWorld, person: string) {
  const answer = await this.ask(person, doings[REGISTERS]!(this));
  this.unseenFailure = undefined;
  // Past the budget: what is refused now is the empty body.
  expect(answer.status, told(answer)).to.equal(422);
});

Then('{person} may still list workflows', async function (this: HiveWorld, person: string) {
  const answer = await this.ask(person, { path: '/workflows' });
  expect(answer.status, told(answer)).to.equal(200);
});

Then('it tells of a limit of {int} requests in {int} seconds, with less than {int} left and less than {int} seconds to go', function (this: HiveWorld, limit: number, window: number, left: number, seconds: number) {
  const { headers } = this.answer;
  expect({ policy: headers.get('ratelimit-policy'), limit: headers.get('ratelimit-limit') }).to.deep.equal({ policy: `${limit};w=${window}`, limit: String(limit) });
  expect(Number(headers.get('ratelimit-remaining')), 'left').to.be.within(0, left - 1);
  expect(Number(headers.get('ratelimit-reset')), 'seconds to go').to.be.within(1, seconds - 1);
});

Given('an engine that allows {int} requests a minute from one address', { timeout: 120_000 }, async function (this: HiveWorld, limit: number) {
  await startsEngines(this, 1, { settings: { HIVE_ADDRESS_LIMIT: String(limit) } });
});

When('somebody without a token asks {int} times from one address', async function (this: HiveWorld, times: number) {
  const answers: Answer[] = [];
  for (let count = 0; count < times; count += 1) answers.push(await this.ask(undefined, { path: '/workflows', headers: { 'x-forwarded-for': ownAddress(this) } }));
  this.unseenFailure = undefined;
  this.notes.set('answers', answers);
});

Then('{int} of them were answered 401 and then {int} were answered 429, with the time to wait', function (this: HiveWorld, unknown: number, refused: number) {
  const answers = (this.notes.get('answers') as Answer[]);
  expect(answers.slice(0, unknown).map(({ status }) => status)).to.deep.equal(Array<number>(unknown).fill(401));
  expect(answers.slice(unknown)).to.have.length(refused);
  refusedWithTime(answers.slice(unknown));
});

Then('{person}, from another address, still has her whole budget', async function (this: HiveWorld, person: string) {
  const answer = await this.ask(person, { path: '/workflows', headers: { 'x-forwarded-for': '198.51.100.7' } });
  expect(answer.status, told(answer)).to.equal(200);
  expect(Number(answer.headers.get('ratelimit-remaining')), 'what is left after this one request').to.equal(Number(answer.headers.get('ratelimit-limit')) - 1);
});

Then('the metrics tell {int} refusals as {string} and {int} as {string}, apart from what was accepted', async function (this: HiveWorld, first: number, reason: string, second: number, otherReason: string) {
  const metrics = await readMetrics(this.engineUrls[0]!);
  expect(metrics.sum('hive_gateway_refusals_total', { reason })).to.equal(first);
  expect(metrics.sum('hive_gateway_refusals_total', { reason: otherReason })).to.equal(second);
  expect(metrics.sum('http_requests_total', { route: '/workflows', status: '200' }), 'accepted').to.equal(1);
});
