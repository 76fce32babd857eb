/** Agents: the processes themselves, what they say, and what is known of them. */
import { Given, Then, When, defineParameterType } from '@cucumber/cucumber';
import { expect } from 'chai';
import { mistakenDocument } from '../support/actors/agent-documents.ts';
import { startAgent, type AgentProcess } from '../support/actors/agent-process.ts';
import { cachedStatus, documentFor, forgetAfterwards, healthRecords, processOf, registering, shownAgent, slugOf, statusEverywhere, storedAgents } from '../support/actors/agents-seen.ts';
import { told } from '../support/actors/api-client.ts';
import { startsEngines } from '../support/actors/operator.ts';
import { inRedis, listenOnBus } from '../support/actors/redis-inspector.ts';
import { eventually } from '../support/waiting.ts';
import type { HiveWorld } from '../support/world.ts';

defineParameterType({ name: 'agent', regexp: /acacia|walnut|ironwood/, transformer: (name: string) => name });
defineParameterType({ name: 'agentStatus', regexp: /idle|busy|degraded|offline|under maintenance/, transformer: (words: string) => words.replace('under ', '') });

async function runs(world: HiveWorld, agent: string, options: { models?: string; port?: string } = {}): Promise<AgentProcess> {
  const process = await startAgent(world, { slug: slugOf(world, agent), ...options });
  world.notes.set(`process of ${agent}`, process);
  return process;
}

const LONGER_THAN_PROMISED_MS = 150;

/** What an agent is like, in the words of the features. */
const behaviours: Readonly<Record<string, (world: HiveWorld, agent: string) => Promise<unknown>>> = {
  'answers at once': runs,
  'takes longer than it promised': async (world, agent) => {
    world.notes.set(`promises of ${agent}`, { performance_targets: { max_response_time: 0.1 } });
    await (await runs(world, agent)).slowsDown(LONGER_THAN_PROMISED_MS);
  },
  'lacks the model that it registers with': (world, agent) => runs(world, agent, { models: 'llama3.1:8b' }),
  'answers with an error': async (world, agent) => (await runs(world, agent)).stumbles(),
  'has died': async (world, agent) => (await runs(world, agent)).kill(),
};

Given('the agent {agent} runs', async function (this: HiveWorld, agent: string) {
  await runs(this, agent);
});

Given('the agents {agent} and {agent} run', async function (this: HiveWorld, one: string, other: string) {
  await Promise.all([runs(this, one), runs(this, other)]);
});

Given('the agent {agent} runs, under no other name', async function (this: HiveWorld, agent: string) {
  this.notes.set('documented agent', agent);
  await runs(this, agent);
});

Given(/^the agent (\w+) runs and (answers at once|takes longer than it promised|lacks the model that it registers with|answers with an error|has died)$/, async function (this: HiveWorld, agent: string, behaves: string) {
  await behaviours[behaves]!(this, agent);
});

Given('the agent {agent} runs and takes {int} ms for every answer', async function (this: HiveWorld, agent: string, delayMs: number) {
  await (await runs(this, agent)).slowsDown(delayMs);
});

Given('an engine that asks its agents every {int} ms', { timeout: 120_000 }, async function (this: HiveWorld, every: number) {
  await startsEngines(this, 1, { settings: { HIVE_AGENT_CHECK_MS: String(every) } });
});

Given('{person} registered {agent}', async function (this: HiveWorld, person: string, agent: string) {
  forgetAfterwards(this, slugOf(this, agent));
  const answer = await this.arrange(person, registering(documentFor(this, agent)));
  this.notes.set('seen when it registered', answer.body.last_seen);
});

Given('{person} registered {agent} {int} times within a minute', async function (this: HiveWorld, person: string, agent: string, times: number) {
  forgetAfterwards(this, slugOf(this, agent));
  for (let count = 0; count < times; count += 1) await this.arrange(person, registering(documentFor(this, agent)));
});

Given('somebody listens to the topic of {agent}', async function (this: HiveWorld, agent: string) {
  this.notes.set('heard', await listenOnBus(this, `agent.${slugOf(this, agent)}`));
});

Given('{agent} is under maintenance', async function (this: HiveWorld, agent: string) {
  await this.database.rows(`update hive.agents set status = 'maintenance' where agent_id = $1`, [slugOf(this, agent)]);
});

When(/^(\w+) registers (acacia|walnut|ironwood)(?: as documented)?$/, async function (this: HiveWorld, person: string, agent: string) {
  forgetAfterwards(this, slugOf(this, agent));
  await this.ask(person, registering(documentFor(this, agent)));
});

When('{person} registers {agent} under the name {string}', async function (this: HiveWorld, person: string, agent: string, name: string) {
  await this.ask(person, registering({ ...documentFor(this, agent), name }));
});

When(/^(\w+) registers (acacia|walnut|ironwood) (with .*|without .*)$/, async function (this: HiveWorld, person: string, agent: string, mistake: string) {
  await this.ask(person, registering(mistakenDocument(documentFor(this, agent), mistake)));
});

When('{person} looks at {agent}', async function (this: HiveWorld, person: string, agent: string) {
  await this.ask(person, { path: `/agents/${slugOf(this, agent)}` });
});

Then('{agent} is stored once, idle, with all that was said of it', async function (this: HiveWorld, agent: string) {
  const rows = await storedAgents(this, agent);
  expect(rows).to.have.length(1);
  const { name, endpoint, model, capabilities, hardware, performance_targets } = documentFor(this, agent);
  const { id, status, name: storedName, endpoint: storedEndpoint, model: storedModel } = rows[0]!;
  expect(id).to.match(/^[0-9a-f-]{36}$/);
  expect({ status, name: storedName, endpoint: storedEndpoint, model: storedModel }).to.deep.equal({ status: 'idle', name, endpoint, model });
  expect({ capabilities: rows[0]!['capabilities'], hardware: rows[0]!['hardware_config'], targets: rows[0]!['performance_targets'] }).to.deep.equal({ capabilities, hardware, targets: performance_targets });
});

Then('{agent} is stored once, {agentStatus}', async function (this: HiveWorld, agent: string, status: string) {
  expect((await storedAgents(this, agent)).map((row) => row['status'])).to.deep.equal([status]);
  expect(this.answer.body.status, told(this.answer)).to.equal(status);
});

Then('{agent} is stored once, under the name {string}', async function (this: HiveWorld, agent: string, name: string) {
  expect((await storedAgents(this, agent)).map((row) => row['name'])).to.deep.equal([name]);
});

Then('{agent} is not stored', async function (this: HiveWorld, agent: string) {
  expect(await storedAgents(this, agent)).to.deep.equal([]);
});

Then('the topic was told {string}', async function (this: HiveWorld, type: string) {
  await eventually(`${type} is told`, () => expect((this.notes.get('heard') as any[]).map((event) => event.type)).to.deep.equal([type]));
});

Then('the topic was told {string} to offline and back to idle, once each', async function (this: HiveWorld, type: string) {
  const expected = [{ type, status: 'offline', previous: 'idle' }, { type, status: 'idle', previous: 'offline' }];
  const heard = () => (this.notes.get('heard') as any[]).map((event) => ({ type: event.type, status: event.data.status, previous: event.data.previous_status }));
  await eventually('both changes are told', () => expect(heard()).to.deep.equal(expected));
});

Then('she is shown {agent}, {agentStatus}', function (this: HiveWorld, agent: string, status: string) {
  expect(this.answer.body, told(this.answer)).to.include({ agent_id: slugOf(this, agent), status });
});

Then('its short name leads to one row, with the hardware and the promises that were registered', async function (this: HiveWorld) {
  const { id, hardware, performance_targets } = this.answer.body;
  const rows = await storedAgents(this, 'acacia');
  expect(rows.map((row) => row['id'])).to.deep.equal([id]);
  expect({ hardware, performance_targets }).to.deep.equal({ hardware: documentFor(this, 'acacia')['hardware'], performance_targets: documentFor(this, 'acacia')['performance_targets'] });
});

const beats = (world: HiveWorld, agent: string, beat: object) =>
  world.ask('Ada', { method: 'POST', path: `/api/agents/${slugOf(world, agent)}/heartbeat`, body: beat });

When("{agent}'s heartbeat says that it is busy", async function (this: HiveWorld, agent: string) {
  await beats(this, agent, { active_tasks: 1, tokens_per_second: 18.5, cpu_usage: 67.2, memory_usage: 41, gpu_usage: 93 });
});

When("{agent}'s heartbeat comes from an hour ahead", async function (this: HiveWorld, agent: string) {
  await beats(this, agent, { timestamp: new Date(Date.now() + 3_600_000).toISOString(), tokens_per_second: 18.5 });
});

When('{agent} tells twice of one moment, with {int} and then {int} tokens a second, and {agent} once with {int}', async function (this: HiveWorld, agent: string, first: number, second: number, other: string, third: number) {
  const timestamp = new Date(Date.now() - 1_000).toISOString();
  this.notes.set('moment', timestamp);
  for (const [who, tokens] of [[agent, first], [agent, second], [other, third]] as const) {
    const answer = await beats(this, who, { timestamp, tokens_per_second: tokens });
    expect(answer.status, told(answer)).to.equal(200);
  }
});

Then('of that moment {int} tokens a second are kept for {agent} and {int} for {agent}, in one row each', async function (this: HiveWorld, tokens: number, agent: string, otherTokens: number, other: string) {
  for (const [who, kept] of [[agent, tokens], [other, otherTokens]] as const) {
    const ofMoment = (await healthRecords(this, who)).filter((record) => record['timestamp'] === this.notes.get('moment'));
    expect(ofMoment.map((record) => record['tokens_per_second']), `of ${who}`).to.deep.equal([kept]);
  }
});

const everywhere = (status: string, person: string) => ({ database: status, redis: status, [person]: status });

Then('{agent} is {agentStatus} at once in the database, in Redis and for {person}', async function (this: HiveWorld, agent: string, status: string, person: string) {
  expect(await statusEverywhere(this, agent, person)).to.deep.equal(everywhere(status, person));
});

Then('{agent} is {agentStatus} in the database, in Redis and for {person}', async function (this: HiveWorld, agent: string, status: string, person: string) {
  await eventually(`${agent} is ${status}`, async () => expect(await statusEverywhere(this, agent, person)).to.deep.equal(everywhere(status, person)));
});

Then('{agent} was seen later than when it registered', async function (this: HiveWorld, agent: string) {
  const [row] = await storedAgents(this, agent);
  expect((row!['last_seen'] as Date).getTime()).to.be.greaterThan(Date.parse(this.notes.get('seen when it registered') as string));
});

Then('Redis holds its status, when it was seen and how it does, for at most {int} seconds', async function (this: HiveWorld, seconds: number) {
  const { value, livesMs } = await cachedStatus(this, 'acacia');
  expect(value).to.have.all.keys('status', 'last_seen', 'performance');
  expect(value!['performance']).to.include({ tokens_per_second: 18.5, cpu_usage: 67.2, memory_usage: 41, gpu_usage: 93 });
  expect(livesMs, 'milliseconds to live').to.be.within(1, seconds * 1_000);
});

Then('when Redis has lost it {person} is still told that {agent} is {agentStatus}', async function (this: HiveWorld, person: string, agent: string, status: string) {
  await inRedis(this, (redis) => redis.del(`agent:status:${slugOf(this, agent)}`));
  expect((await shownAgent(this, person, agent)).body.status).to.equal(status);
});

Then('nothing is kept of {agent} that lies in the future', async function (this: HiveWorld, agent: string) {
  const records = await healthRecords(this, agent);
  expect(records.map((record) => record['tokens_per_second'])).to.include(18.5);
  for (const record of records) expect(Date.parse(record['timestamp'] as string)).to.be.at.most(Date.now());
});

When('somebody writes agents into the database with nothing but a name and an endpoint, without a name, and without an endpoint', async function (this: HiveWorld) {
  const insert = (slug: string, [name, endpoint]: readonly (string | null)[]) => {
    forgetAfterwards(this, slug);
    return this.database
      .rows('insert into hive.agents (agent_id, name, endpoint) values ($1, $2, $3) returning status', [slug, name, endpoint])
      .then(([row]) => row!['status'] as string, (error: { code: string; column: string }) => `${error.code} ${error.column}`);
  };
  const complete = await insert(slugOf(this, 'acacia'), ['ACACIA', 'http://127.0.0.1:9']);
  const nameless = await insert(slugOf(this, 'walnut'), [null, 'http://127.0.0.1:9']);
  const nowhere = await insert(slugOf(this, 'ironwood'), ['IRONWOOD', null]);
  this.notes.set('written', [complete, nameless, nowhere]);
});

Then('the first is kept as offline, and the others are refused', function (this: HiveWorld) {
  // 23502: a column that may not be null.
  expect(this.notes.get('written')).to.deep.equal(['offline', '23502 name', '23502 endpoint']);
});

When('{person} lists agents from theirs on, two to a page', async function (this: HiveWorld, person: string) {
  const first = await this.ask(person, { path: `/api/agents?limit=2&cursor=${this.mark}` });
  const second = await this.ask(person, { path: `/api/agents?limit=2&cursor=${first.body.next_cursor}` });
  this.notes.set('pages', [first, second].map(({ body }) => body.agents.map((agent: { agent_id: string }) => agent.agent_id) as string[]));
});

Then('the pages begin with {agent} and {agent}, and then {agent}', function (this: HiveWorld, first: string, second: string, third: string) {
  const [one, two] = this.notes.get('pages') as [string[], string[]];
  expect([...one, two[0]]).to.deep.equal([first, second, third].map((agent) => slugOf(this, agent)));
});

When('{person} lists agents that are {agentStatus}', async function (this: HiveWorld, person: string, status: string) {
  await this.ask(person, { path: `/api/agents?status=${status}&cursor=${this.mark}&limit=200` });
});

Then('{agent} is listed and {agent} is not', function (this: HiveWorld, listed: string, missing: string) {
  const slugs = this.answer.body.agents.map((agent: { agent_id: string }) => agent.agent_id);
  expect(slugs).to.include(slugOf(this, listed)).and.not.include(slugOf(this, missing));
});

Then('{person} is shown a response time of at least {float} seconds, and less than {int}', function (this: HiveWorld, _person: string, least: number, most: number) {
  expect(this.answer.body.performance?.response_time, told(this.answer)).to.be.within(least, most);
});

When('{agent} is given text to write', async function (this: HiveWorld, agent: string) {
  await eventually('it was seen idle', async () => expect(await healthRecords(this, agent)).to.not.be.empty);
  await processOf(this, agent)!.writes(60);
});

const DOCUMENTED_FIELDS = ['agent_id', 'timestamp', 'response_time', 'tokens_per_second', 'cpu_usage', 'memory_usage', 'gpu_usage', 'available', 'error_message'];

Then('its health records show it idle, and then busy with a higher load', async function (this: HiveWorld) {
  const records = await eventually('its work is seen', async () => {
    const found = await healthRecords(this, 'acacia');
    expect(found.some((record) => record['active_tasks'] === 1 && record['tokens_per_second'] > 0), JSON.stringify(found.at(-1))).to.equal(true);
    return found;
  });
  const [idle, busy] = [records[0]!, records.findLast((record) => record['active_tasks'] === 1)!];
  expect(idle['active_tasks']).to.equal(0);
  for (const measure of ['gpu_usage', 'cpu_usage', 'memory_usage', 'tokens_per_second']) expect(busy[measure], measure).to.be.greaterThan(idle[measure] as number);
});

Then('each of them holds the nine documented fields', async function (this: HiveWorld) {
  for (const record of await healthRecords(this, 'acacia')) {
    expect(record).to.include.all.keys(...DOCUMENTED_FIELDS);
    expect(record).to.include({ agent_id: slugOf(this, 'acacia'), available: true, error_message: null });
    expect(record['response_time'], 'seconds').to.be.greaterThan(0).and.lessThan(5);
  }
});

When('the process of {agent} is killed', async function (this: HiveWorld, agent: string) {
  await processOf(this, agent)!.kill();
});

Then('its last health record says that it was not available, and why', async function (this: HiveWorld) {
  // A check that was under way at the death was cut off in one of several ways; each later one is refused.
  const record = await eventually('a check is refused', async () => {
    const last = (await healthRecords(this, 'acacia')).at(-1)!;
    expect(last['error_message']).to.contain('ECONNREFUSED');
    return last;
  });
  expect(record).to.include({ available: false, response_time: null });
});

Then('once its process runs again {agent} is {agentStatus} in the database, in Redis and for {person}', async function (this: HiveWorld, agent: string, status: string, person: string) {
  await runs(this, agent, { port: new URL(processOf(this, agent)!.url).port });
  await eventually(`${agent} is ${status}`, async () => expect(await statusEverywhere(this, agent, person)).to.deep.equal(everywhere(status, person)));
});
