/** Connections that stay open: handshakes, messages, and how connections end. */
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { executes } from '../support/actors/customer.ts';
import { ended, schemaOf } from '../support/actors/executions-seen.ts';
import { readMetrics } from '../support/actors/metrics-text.ts';
import { startsEngines } from '../support/actors/operator.ts';
import { handshake, type RawAnswer } from '../support/actors/raw-http.ts';
import { listenOnBus } from '../support/actors/redis-inspector.ts';
import { openSocket, type SocketClient, type SocketOptions } from '../support/actors/socket-client.ts';
import type { TcpProxy } from '../support/actors/tcp-proxy.ts';
import { eventually } from '../support/waiting.ts';
import type { HiveWorld } from '../support/world.ts';

function socketOf(world: HiveWorld, person: string): SocketClient {
  const socket = world.sockets.get(person);
  if (!socket) throw new Error(`${person} has no connection in this scenario`);
  return socket;
}
const onlySocket = (world: HiveWorld) => socketOf(world, [...world.sockets.keys()][0] ?? 'nobody');
const topicOf = (executionId: string) => `execution.${executionId}`;
const isStep = (node: string) => (message: any) => message.event === 'node_completed' && message.data.node_id === node;

Given('{person} is connected', async function (this: HiveWorld, person: string) {
  await this.openSocket(person);
});

const proofs: Readonly<Record<string, (world: HiveWorld) => Record<string, string>>> = {
  nothing: () => ({}),
  'a token of nobody': () => ({ authorization: 'Bearer pie.pie.pie' }),
  "Ada's token, from a page of another address": (world) => ({ authorization: `Bearer ${world.person('Ada').token}`, origin: 'https://pies.example' }),
};

When('somebody opens a socket with {}', async function (this: HiveWorld, proof: string) {
  this.notes.set('handshake', await handshake(this.engineUrls[0]!, { path: '/ws', headers: proofs[proof]!(this) }));
});

Then('the handshake is refused with {int} and the code {string}', function (this: HiveWorld, status: number, code: string) {
  const answer = this.notes.get('handshake') as RawAnswer;
  expect({ status: answer.status, code: answer.body?.error?.code }).to.deep.equal({ status, code });
  expect(answer.headers['x-request-id']).to.equal(answer.body.error.request_id);
});

const placesOfToken: Readonly<Record<string, (token: string, engineUrl: string) => SocketOptions>> = {
  'in the header': (token) => ({ token }),
  'as the protocol': (token) => ({ protocols: ['access_token', token] }),
  'in the address': (token) => ({ path: `/api/ws?access_token=${token}` }),
  'in the header, from our page': (token, engineUrl) => ({ token, headers: { origin: engineUrl } }),
};

When('{person} opens a socket with her token {}', async function (this: HiveWorld, person: string, place: string) {
  const url = this.engineUrls[0]!;
  const socket = await openSocket(url, placesOfToken[place]!(this.person(person).token!, url));
  this.sockets.set(person, this.track(socket, (open) => open.close()));
});

Then(/^(?:her|(\w+)'s) ping is answered$/, async function (this: HiveWorld, person: string | null) {
  const socket = person ? socketOf(this, person) : onlySocket(this);
  const id = `ping-${socket.told.length}`;
  socket.send({ type: 'ping', id });
  await socket.awaits('the pong', (message) => message.type === 'pong' && message.reply_to === id);
});

Given('an engine that looks after its connections every {int} ms', { timeout: 120_000 }, async function (this: HiveWorld, every: number) {
  await startsEngines(this, 1, { settings: { HIVE_SOCKET_KEEPALIVE_MS: String(every) } });
});

Given('an engine that looks after its connections every {int} ms and gives tokens for {int} seconds', { timeout: 120_000 }, async function (this: HiveWorld, every: number, seconds: number) {
  await startsEngines(this, 1, { settings: { HIVE_SOCKET_KEEPALIVE_MS: String(every), HIVE_ACCESS_TOKEN_SECONDS: String(seconds) } });
});

const connections = async (world: HiveWorld) => (await readMetrics(world.engineUrls[0]!)).sum('hive_websocket_connections_active');

When('a client of {person} connects and then hangs', async function (this: HiveWorld, person: string) {
  const hanging = this.track(await openSocket(this.engineUrls[0]!, { token: this.person(person).token, answersPings: false }), (open) => open.close());
  this.notes.set('hanging', hanging).set('counted while it hangs', await connections(this));
});

Then('the engine counts {int} connections, and then {int}', async function (this: HiveWorld, before: number, after: number) {
  expect(this.notes.get('counted while it hangs')).to.equal(before);
  await eventually('the hanging client is no longer counted', async () => expect(await connections(this)).to.equal(after));
});

Then('the connection of the hanging client is gone, while the other one still answers', async function (this: HiveWorld) {
  await closedWith(this.notes.get('hanging') as SocketClient, 1006);
  expect(onlySocket(this).closed).to.equal(undefined);
});

const closedWith = (socket: SocketClient, code: number) =>
  eventually(`the connection is closed with ${code}`, () => expect(socket.closed?.code, `close code; reason: ${socket.closed?.reason}`).to.equal(code));

const POLICY = 1008;

Then('{person}\'s connection is closed, because {string}', async function (this: HiveWorld, person: string, code: string) {
  await closedWith(socketOf(this, person), POLICY);
  expect(socketOf(this, person).matching(({ type }) => type === 'error').map(({ data }) => data.code)).to.deep.equal([code]);
});

Then('{person}\'s connection is closed when her token expires, because {string}', async function (this: HiveWorld, person: string, code: string) {
  await closedWith(socketOf(this, person), POLICY);
  expect(socketOf(this, person).matching(({ type }) => type === 'error').map(({ data }) => data.code)).to.deep.equal([code]);
});

Then('{person}\'s connection is closed with {int}', async function (this: HiveWorld, person: string, code: number) {
  await closedWith(socketOf(this, person), code);
});

When('the line to Redis is cut until {string} is let go and the execution is over', async function (this: HiveWorld, path: string) {
  const line = this.notes.get('line to redis') as TcpProxy;
  await onlySocket(this).awaits('the steps so far are told', isStep('Reserve pies'));
  const heard = await listenOnBus(this, topicOf(this.execution));
  line.cut();
  await this.webService.release(this.path(path));
  // Mended only when everything was said on the bus, so that nothing of it can have been heard live.
  await eventually('the other engine tells the end', () => expect(heard.map(({ type }) => type)).to.include('execution_completed'));
  line.mend();
});

/** What can be said over a socket, in the words of the features. */
const sayings: Readonly<Record<string, unknown>> = {
  noise: 'pie!',
  bytes: Buffer.from('{"type":"ping"}'),
  'a list': [],
  'an unknown type': { type: 'bake' },
  'a subscription without a topic': { type: 'subscribe' },
  'a subscription to noise': { type: 'subscribe', topic: 'pie!' },
  'more than a message may hold': { type: 'ping', id: 'p'.repeat(65 * 1024) },
};

When(/^(\w+) sends over the socket (noise|bytes|a list|an unknown type|a subscription without a topic|a subscription to noise|more than a message may hold)$/, function (this: HiveWorld, person: string, saying: string) {
  socketOf(this, person).send(sayings[saying]);
});

When('{person} sends over the socket an unknown type called {string}', function (this: HiveWorld, person: string, id: string) {
  socketOf(this, person).send({ type: 'bake', id });
});

When('{person} sends over the socket a ping called {string} and a ping called {string}', function (this: HiveWorld, person: string, first: string, second: string) {
  for (const id of [first, second]) socketOf(this, person).send({ type: 'ping', id });
});

Then('she is answered by a pong to {string} and then a pong to {string}', async function (this: HiveWorld, first: string, second: string) {
  const ids = [first, second];
  const socket = onlySocket(this);
  await socket.awaits('the last pong', ({ reply_to }) => reply_to === ids.at(-1));
  expect(socket.told.map(({ message }) => `${message.type} ${message.reply_to}`)).to.deep.equal(ids.map((id) => `pong ${id}`));
});

Then('she is refused with {string}', async function (this: HiveWorld, code: string) {
  const { data } = await onlySocket(this).awaits('a refusal', ({ type }) => type === 'error');
  expect(data.code).to.equal(code);
  expect(data.message, 'a message that says what to do').to.have.length.greaterThan(20);
});

Then('the refusal answers {string}', async function (this: HiveWorld, id: string) {
  expect(await onlySocket(this).awaits('a refusal', ({ type }) => type === 'error')).to.include({ reply_to: id });
});

Then('the end of the execution is told', async function (this: HiveWorld) {
  await onlySocket(this).awaits('the end', ({ event }) => event === 'execution_completed');
});

Then('every message she was told has an id of its own and a time in UTC', function (this: HiveWorld) {
  const messages = onlySocket(this).told.map(({ message }) => message);
  expect(messages.length, 'messages').to.be.greaterThan(4);
  expect(new Set(messages.map(({ id }) => id)).size, 'different ids').to.equal(messages.length);
  for (const message of messages) expect(message.timestamp, JSON.stringify(message)).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

const topics: Readonly<Record<string, (world: HiveWorld) => string>> = {
  "Grace's own topic": (world) => `user.${world.person('Grace').userId}`,
  "Grace's execution": (world) => topicOf(world.execution),
  'something that is none': () => 'pie.of.the.day',
};

When('{person} subscribes to {}', async function (this: HiveWorld, person: string, words: string) {
  const all = words === 'all of them' ? (this.notes.get('executions') as string[]).map(topicOf) : [topics[words]!(this)];
  for (const topic of all) socketOf(this, person).send({ type: 'subscribe', topic });
});

Given('{person} watches the execution and is told that {string} is done', async function (this: HiveWorld, person: string, node: string) {
  socketOf(this, person).send({ type: 'subscribe', topic: topicOf(this.execution) });
  await socketOf(this, person).awaits(`${node} is done`, isStep(node));
});

When('{person} unsubscribes from the execution', async function (this: HiveWorld, person: string) {
  socketOf(this, person).send({ type: 'unsubscribe', topic: topicOf(this.execution) });
  await socketOf(this, person).awaits('the end of the subscription', ({ type }) => type === 'unsubscribe');
});

Then('nothing more is told of the execution, although it goes on once {string} is let go', async function (this: HiveWorld, path: string) {
  const socket = onlySocket(this);
  const before = socket.matching(({ type }) => type === 'data').length;
  const heard = await listenOnBus(this, topicOf(this.execution));
  await this.webService.release(this.path(path));
  await ended(this);
  await eventually('its end is told on the bus', () => expect(heard.map(({ type }) => type)).to.include('execution_completed'));
  socket.send({ type: 'ping', id: 'afterwards' });
  await socket.awaits('whatever was under way has arrived', ({ reply_to }) => reply_to === 'afterwards');
  expect(socket.matching(({ type }) => type === 'data')).to.have.length(before);
});

When('{person} subscribes again after the step {string}', async function (this: HiveWorld, person: string, node: string) {
  const socket = socketOf(this, person);
  const [step] = socket.matching(isStep(node));
  await socket.awaits('the end of the first telling', ({ event }) => event === 'execution_completed');
  socket.send({ type: 'subscribe', topic: topicOf(this.execution), data: { after_sequence: step.sequence } });
  await eventually('the end is told again', () => expect(socket.matching(({ event }) => event === 'execution_completed')).to.have.length(2));
});

Then('she is told of {string} again, and not of {string}', function (this: HiveWorld, again: string, once: string) {
  expect(onlySocket(this).matching(isStep(again))).to.have.length(2);
  expect(onlySocket(this).matching(isStep(once))).to.have.length(1);
});

Given('{person} executed {workflow}, and {int} more executions like it are stored', async function (this: HiveWorld, person: string, workflow: string, more: number) {
  await executes(this, person, { workflow });
  const schema = await schemaOf(this);
  const columns = (await this.database.rows<{ name: string }>(`select column_name as name from information_schema.columns where table_schema = $1 and table_name = 'executions' and is_generated = 'NEVER'`, [schema])).map(({ name }) => name);
  const values = columns.map((column) => (column === 'id' ? 'gen_random_uuid()' : column));
  await this.database.rows(`insert into ${schema}.executions (${columns.join(', ')}) select ${values.join(', ')} from ${schema}.executions, generate_series(1, $1)`, [more]);
  this.notes.set('executions', (await this.database.rows<{ id: string }>(`select id from ${schema}.executions`)).map(({ id }) => id));
});
