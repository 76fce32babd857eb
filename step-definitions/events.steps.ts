/** Watching what happens, over the WebSocket. */
import { Given, Then, When, type DataTable } from '@cucumber/cucumber';
import { expect } from 'chai';
import { executes } from '../support/actors/customer.ts';
import type { SocketClient } from '../support/actors/socket-client.ts';
import { ended } from '../support/actors/executions-seen.ts';
import type { HiveWorld } from '../support/world.ts';

const topicOf = (executionId: string) => `execution.${executionId}`;
const lastEvents = ['execution_completed', 'error'];
const isEventOf = (executionId: string) => (message: any) => message.data?.execution_id === executionId;

/** Subscribes through the second engine: what it shows has crossed from the process that runs the execution. */
async function watches(world: HiveWorld, person: string, executionId = world.execution): Promise<SocketClient> {
  const socket = world.sockets.get(person) ?? (await world.openSocket(person, world.engineUrls.length - 1));
  socket.send({ type: 'subscribe', topic: topicOf(executionId) });
  return socket;
}

const told = (world: HiveWorld, person: string) => {
  const socket = world.sockets.get(person);
  if (!socket) throw new Error(`${person} watches nothing in this scenario`);
  return socket;
};

Given('{person} watches the execution from another engine', async function (this: HiveWorld, person: string) {
  await watches(this, person);
});

Given('{person} executed {workflow} and watches that execution', async function (this: HiveWorld, person: string, workflow: string) {
  await executes(this, person, { workflow });
  const socket = await watches(this, person);
  await socket.awaits('the end of the first execution is told', (message) => message.event === 'execution_completed');
});

When('{person} watches the execution', async function (this: HiveWorld, person: string) {
  await watches(this, person);
});

When('{person} tries to watch the execution', async function (this: HiveWorld, person: string) {
  await watches(this, person);
});

When('the web service lets {string} and then {string} go, each after {person} was told of the step before', async function (this: HiveWorld, first: string, second: string, person: string) {
  const socket = told(this, person);
  const completed = (node: string) => (message: any) => message.event === 'node_completed' && message.data.node_id === node;
  await socket.awaits('Reserve pies is told', completed('Reserve pies'));
  await this.webService.script(this.path(second), [{ hold: true, body: { shipped: true } }]);
  await this.webService.release(this.path(first));
  await socket.awaits('Charge card is told while /ship is still held back', completed('Charge card'));
  await this.webService.release(this.path(second));
});

Then('{person} was told', async function (this: HiveWorld, person: string, expected: DataTable) {
  const socket = told(this, person);
  await socket.awaits('the end is told', (message) => lastEvents.includes(message.event) && isEventOf(this.execution)(message));
  const events = socket.matching(isEventOf(this.execution));
  expect(events.map((message) => ({ event: message.event, node: message.data.node_id ?? '' }))).to.deep.equal(expected.hashes());
});

Then('the told progress never fell', function (this: HiveWorld) {
  const [socket] = this.sockets.values();
  const progress = socket!.matching((message) => message.data?.progress !== undefined).map((message) => message.data.progress as number);
  expect(progress).to.have.length.greaterThan(2);
  expect(progress).to.deep.equal(progress.toSorted((one, other) => one - other));
  expect(progress.at(-1)).to.equal(100);
});

Then('{string} was told with the result {json}', function (this: HiveWorld, node: string, result: unknown) {
  const [socket] = this.sockets.values();
  const [event] = socket!.matching((message) => message.event === 'node_completed' && message.data.node_id === node);
  expect(event.data.result).to.deep.equal([result]);
});

Then('the told error says {string}', function (this: HiveWorld, text: string) {
  const [socket] = this.sockets.values();
  expect(socket!.matching((message) => message.event === 'error')[0].data.error).to.contain(text);
});

Then('{person} is told that she may not watch it', async function (this: HiveWorld, person: string) {
  const refusal = await told(this, person).awaits('a refusal is told', (message) => message.type === 'error');
  expect(refusal.data.code).to.equal('TOPIC_FORBIDDEN');
});

Then('{person} is told nothing of the execution when {string} is let go', async function (this: HiveWorld, person: string, path: string) {
  await this.webService.release(this.path(path));
  await ended(this);
  expect(told(this, person).matching(isEventOf(this.execution))).to.deep.equal([]);
});

Then('{person} was told only of the first execution', async function (this: HiveWorld, person: string) {
  const first = this.notes.get('execution watched') as string;
  await ended(this);
  const ids = told(this, person).matching((message) => message.data?.execution_id).map((message) => message.data.execution_id as string);
  expect([...new Set(ids)]).to.deep.equal([first]);
});

Then('the events told an error at {string} and no completion of {string} or {string}', async function (this: HiveWorld, node: string, one: string, other: string) {
  const [person] = this.people.keys();
  const socket = await watches(this, person!);
  const error = await socket.awaits('the error is told', (message) => message.event === 'error');
  expect(error.data.node_id).to.equal(node);
  const completed = socket.matching((message) => message.event === 'node_completed').map((message) => message.data.node_id as string);
  for (const name of [one, other]) expect(completed).to.not.include(name);
});

Then('the events told the completion of {names}, in that order', async function (this: HiveWorld, nodes: string[]) {
  const [person] = this.people.keys();
  const socket = await watches(this, person!);
  await socket.awaits('the end is told', (message) => message.event === 'execution_completed');
  expect(socket.matching((message) => message.event === 'node_completed').map((message) => message.data.node_id)).to.deep.equal(nodes);
});
