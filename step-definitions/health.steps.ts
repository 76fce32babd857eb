/** What an engine says of itself, with its stores and without them. */
import { Given, Then, When, defineParameterType } from '@cucumber/cucumber';
import { expect } from 'chai';
import { told } from '../support/actors/api-client.ts';
import { executes } from '../support/actors/customer.ts';
import { readMetrics, type Metrics } from '../support/actors/metrics-text.ts';
import { startsEngine, startsEngines } from '../support/actors/operator.ts';
import { startTcpProxy, type TcpProxy } from '../support/actors/tcp-proxy.ts';
import { eventually } from '../support/waiting.ts';
import type { HiveWorld } from '../support/world.ts';

interface Store {
  readonly words: string;
  /** As the engine names it. */
  readonly probe: 'postgres' | 'redis';
}
const stores: Readonly<Record<string, Store['probe']>> = { PostgreSQL: 'postgres', Redis: 'redis' };
defineParameterType({ name: 'store', regexp: /PostgreSQL|Redis/, transformer: (words: string): Store => ({ words, probe: stores[words]! }) });

Then('PostgreSQL and Redis are up, and took no time worth mentioning', function (this: HiveWorld) {
  const { status, probes } = this.answer.body;
  expect({ status, postgres: probes.postgres.status, redis: probes.redis.status }).to.deep.equal({ status: 'up', postgres: 'up', redis: 'up' });
  for (const probe of ['postgres', 'redis']) expect(probes[probe].milliseconds, `milliseconds of ${probe}`).to.be.within(0, 1_999);
});

Then('the engine has been running for a while', function (this: HiveWorld) {
  expect(this.answer.body.status).to.equal('up');
  expect(this.answer.body.uptime_seconds).to.be.within(0, 86_400);
});

const lineTo = (world: HiveWorld, { probe }: Store) => (world.notes.get(`line to ${probe}`) as TcpProxy);

Given('an engine whose lines to its stores can be cut', { timeout: 120_000 }, async function (this: HiveWorld) {
  const postgres = this.track(await startTcpProxy(this.platform.databaseUrl), (line) => line.close());
  const redis = this.track(await startTcpProxy(this.platform.redisUrl), (line) => line.close());
  this.notes.set('line to postgres', postgres).set('line to redis', redis);
  await startsEngines(this, 1, { through: { postgres, redis } });
  // An engine without its stores would be slow to stop.
  this.cleanups.push(() => (postgres.mend(), redis.mend()));
});

When('the line to {store} is cut', function (this: HiveWorld, store: Store) {
  lineTo(this, store).cut();
});

Then('the engine is alive and not ready, because of {store}', async function (this: HiveWorld, { probe }: Store) {
  await eventually(`the engine says that ${probe} is away`, async () => {
    const answer = await this.ask(undefined, { path: '/health/ready' });
    this.unseenFailure = undefined;
    expect({ status: answer.status, code: answer.body.error?.code, down: answer.body.error?.details.down }, told(answer)).to.deep.equal({ status: 503, code: 'NOT_READY', down: [probe] });
  });
  const alive = await this.ask(undefined, { path: '/health/live' });
  expect(alive.status, told(alive)).to.equal(200);
});

async function mends(world: HiveWorld, store: Store) {
  lineTo(world, store).mend();
  await eventually('the engine is ready', async () => {
    const answer = await world.ask(undefined, { path: '/health/ready' });
    world.unseenFailure = undefined;
    expect(answer.status, told(answer)).to.equal(200);
  });
}

Then('once the line to {store} is mended it is ready', async function (this: HiveWorld, store: Store) {
  await mends(this, store);
});

Then('once the line to {store} is mended it is ready and executes {workflow} for {person}', async function (this: HiveWorld, store: Store, workflow: string, person: string) {
  await mends(this, store);
  const answer = await executes(this, person, { workflow });
  this.unseenFailure = undefined;
  expect({ status: answer.status, execution: answer.body.status }, told(answer)).to.deep.equal({ status: 200, execution: 'completed' });
});

Then('{person}, listing workflows {int} times, is answered {int} {int} times and then {int}', async function (this: HiveWorld, person: string, times: number, good: number, goodTimes: number, refused: number) {
  const statuses: number[] = [];
  for (let count = 0; count < times; count += 1) statuses.push((await this.ask(person, { path: '/workflows' })).status);
  this.unseenFailure = undefined;
  expect(statuses).to.deep.equal([...Array<number>(goodTimes).fill(good), ...Array<number>(times - goodTimes).fill(refused)]);
});

When('somebody reads the metrics', async function (this: HiveWorld) {
  this.notes.set('metrics', await readMetrics(this.engineUrls[0]!));
});

Then('every line is a sample of a family with a type', function (this: HiveWorld) {
  const { types, samples } = (this.notes.get('metrics') as Metrics);
  expect(types.size, 'families').to.be.greaterThan(10);
  expect(samples.length, 'samples').to.be.greaterThan(types.size);
});

Then(/^"([^"]+)" is a (gauge|counter)$/, function (this: HiveWorld, name: string, type: string) {
  const { types, samples } = (this.notes.get('metrics') as Metrics);
  expect(types.get(name), `type of ${name}`).to.equal(type);
  expect(samples.filter((sample) => sample.name === name), `samples of ${name}`).to.not.be.empty;
});

Then('{string} is a histogram whose buckets add up', function (this: HiveWorld, name: string) {
  const { types, samples } = (this.notes.get('metrics') as Metrics);
  expect(types.get(name)).to.equal('histogram');
  const series = Map.groupBy(samples.filter((sample) => sample.name === `${name}_bucket`), ({ labels: { le: _, ...labels } }) => JSON.stringify(labels));
  expect(series.size, 'series').to.be.greaterThan(0);
  for (const [labels, buckets] of series) {
    const counts = buckets.map(({ value }) => value);
    expect(counts, `buckets of ${labels}`).to.deep.equal(counts.toSorted((one, other) => one - other));
    const [total] = samples.filter((sample) => sample.name === `${name}_count` && JSON.stringify(sample.labels) === labels);
    expect(counts.at(-1), `the last bucket of ${labels}`).to.equal(total?.value);
  }
});

Then('the time that it took fell into one of the buckets', async function (this: HiveWorld) {
  const labels = { route: '/workflows', method: 'POST', status: '201' };
  const metrics = await readMetrics(this.engineUrls[0]!);
  expect(metrics.sum('hive_api_request_duration_seconds_bucket', { ...labels, le: '+Inf' })).to.be.at.least(1);
  expect(metrics.sum('hive_api_request_duration_seconds_sum', labels), 'seconds in all').to.be.greaterThan(0);
});

Given('two engines, the second of which has a line to Redis that can be cut', { timeout: 120_000 }, async function (this: HiveWorld) {
  const redis = this.track(await startTcpProxy(this.platform.redisUrl), (line) => line.close());
  this.notes.set('line to redis', redis);
  await startsEngines(this, 1);
  await startsEngine(this, { through: { redis } });
  this.cleanups.push(() => redis.mend());
});
