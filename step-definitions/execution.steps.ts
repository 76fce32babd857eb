/** What people do with executions, and what is then true of them. */
import { Given, Then, When, type DataTable } from '@cucumber/cucumber';
import { expect } from 'chai';
import { told } from '../support/actors/api-client.ts';
import { executes, hasWorkflow, imports } from '../support/actors/customer.ts';
import { auditTrail, ended, phaseChanges, schemaOf, storedExecution, storedExecutions, storedSteps } from '../support/actors/executions-seen.ts';
import { fixtureWorkflow } from '../support/fixture-workflow.ts';
import { eventually } from '../support/waiting.ts';
import type { HiveWorld } from '../support/world.ts';

Given('{person} has the workflow {workflow}', async function (this: HiveWorld, person: string, workflow: string) {
  await hasWorkflow(this, person, workflow);
});

Given('{person} has the workflow {workflow}, drawn for the order {word}', async function (this: HiveWorld, person: string, workflow: string, executionOrder: string) {
  await hasWorkflow(this, person, workflow, { executionOrder });
});

Given('its file lists {string} before {string} before {string}', function (this: HiveWorld, first: string, second: string, third: string) {
  const [workflow] = this.workflows.keys();
  const names = fixtureWorkflow(workflow!, this.webService.url).nodes.map((node) => node.name);
  expect([first, second, third].map((name) => names.indexOf(name)), `order of nodes in the file: ${names.join(', ')}`).to.deep.equal([0, 1, 2]);
});

Given('{person} executed {workflow}', async function (this: HiveWorld, person: string, workflow: string) {
  const answer = await executes(this, person, { workflow });
  expect(answer.body.status, told(answer)).to.equal('completed');
});

When('{person} executes {workflow}', async function (this: HiveWorld, person: string | undefined, workflow: string | undefined) {
  await executes(this, person, { workflow });
});

When('{person} executes {workflow} again', async function (this: HiveWorld, person: string, workflow: string) {
  this.notes.set('execution watched', this.execution);
  await executes(this, person, { workflow });
});

When('{person} executes {workflow} with', async function (this: HiveWorld, person: string, workflow: string, input: string) {
  await executes(this, person, { workflow, input: JSON.parse(input) });
});

When('{person} executes {workflow} with {json}', async function (this: HiveWorld, person: string, workflow: string, input: unknown) {
  this.notes.set('input', input);
  await executes(this, person, { workflow, input });
});

When('{person} executes {workflow} starting at {string}, with', async function (this: HiveWorld, person: string, workflow: string, startNode: string, input: string) {
  await executes(this, person, { workflow, startNode, input: JSON.parse(input) });
});

When('{person} executes {workflow} by naming it in the request, with', async function (this: HiveWorld, person: string, workflow: string, input: string) {
  const body = { workflow_id: this.workflow(workflow).id, input: JSON.parse(input) };
  const answer = await this.ask(person, { method: 'POST', path: '/workflows/execute', body });
  this.executionId = answer.body.execution_id;
});

When('{person} executes {workflow} by the path {word}', async function (this: HiveWorld, person: string, workflow: string, path: string) {
  const answer = await this.ask(person, { method: 'POST', path, body: { workflow_id: this.workflow(workflow).id } });
  this.executionId = answer.body.execution_id;
});

When('{person} starts {workflow} without waiting', async function (this: HiveWorld, person: string, workflow: string) {
  await executes(this, person, { workflow, mode: 'async' });
});

When('{person} imports the workflow {workflow}', async function (this: HiveWorld, person: string, workflow: string) {
  await imports(this, person, workflow);
});

When('{workflow} is executed for {person} while the web service lets one call pass at a time', async function (this: HiveWorld, workflow: string, person: string) {
  const calls = await this.shipsOrders({ heldBack: ['/reserve', '/charge', '/ship'] });
  await executes(this, person, { workflow, mode: 'async' });
  const observed: { 'held back at': string; 'steps stored by then': string }[] = [];
  for (const [index, path] of calls.entries()) {
    await this.calledTimes(path, 1);
    const steps = await eventually(`${index + 1} steps are stored`, async () => {
      const stored = await storedSteps(this);
      if (stored.length <= index) throw new Error(`stored: ${stored.join(', ')}`);
      return stored;
    });
    observed.push({ 'held back at': path, 'steps stored by then': steps.join(', ') });
    await this.webService.release(this.path(path));
  }
  this.notes.set('advance', observed);
  await ended(this);
});

When('somebody writes to the database that the execution went from {word} to {word}', async function (this: HiveWorld, from: string, to: string) {
  const schema = await schemaOf(this);
  const [last] = (await phaseChanges(this)).slice(-1);
  const sequence = from === 'COMPLETED' ? (last?.['sequence'] as number) + 1 : 1_000;
  this.notes.set('refusal', await this.database
    .rows(`insert into ${schema}.phase_changes (execution_id, sequence, from_phase, to_phase, cause, at, shard, lsn, record)
           values ($1, $2, $3, $4, 'tampering', now(), 0, 0, 0)`, [this.execution, sequence, from, to])
    .then(() => undefined, (error: { code: string; constraint: string }) => error));
});

When('somebody removes the result from the record', async function (this: HiveWorld) {
  this.notes.set('refusal', await this.database
    .rows(`update ${await schemaOf(this)}.executions set output_data = null where id = $1`, [this.execution])
    .then(() => undefined, (error: { constraint: string }) => error));
});

Then('the database refuses it as an illegal phase change', function (this: HiveWorld) {
  expect(this.notes.get('refusal')).to.include({ code: '23514', constraint: 'legal_phase_change' });
});

Then('the database refuses it as an end without result or error', function (this: HiveWorld) {
  expect(this.notes.get('refusal')).to.include({ constraint: 'ended_with_something' });
});

Then('the execution is completed', function (this: HiveWorld) {
  expect(this.answer.body.status, told(this.answer)).to.equal('completed');
});

Then('the execution completed after {names}', async function (this: HiveWorld, states: string[]) {
  expect(this.answer.body, told(this.answer)).to.include({ status: 'completed' });
  expect(this.answer.body.states_visited).to.deep.equal(states);
  expect(await storedSteps(this), 'stored steps').to.deep.equal(states);
});

Then('the execution failed at {string}', async function (this: HiveWorld, node: string) {
  expect(this.answer.body, told(this.answer)).to.include({ status: 'failed' });
  expect(this.answer.body.error.node, told(this.answer)).to.equal(node);
  expect(await storedExecution(this)).to.include({ status: 'failed', phase: 'COMPLETED', error_node: node });
});

Then('the execution failed at {string} because of {string}', async function (this: HiveWorld, node: string, code: string) {
  expect(this.answer.body.error, told(this.answer)).to.include({ node, code });
  expect(await storedExecution(this)).to.include({ status: 'failed', error_node: node, error_code: code });
});

Then('its result is', function (this: HiveWorld, expected: string) {
  expect(this.answer.body.result, told(this.answer)).to.deep.equal(JSON.parse(expected));
});

Then('the stored execution is in phase {word} with the same result', async function (this: HiveWorld, phase: string) {
  const stored = await storedExecution(this);
  expect(stored.phase).to.equal(phase);
  expect(stored.output_data).to.deep.equal(this.answer.body.result);
});

Then('the execution is not over while {string} is held back', async function (this: HiveWorld, path: string) {
  await this.calledTimes(path, 1);
  expect(await storedExecution(this)).to.include({ completed_at: null, output_data: null });
});

Then('the execution completes once {string} is let go', async function (this: HiveWorld, path: string) {
  await this.webService.release(this.path(path));
  expect((await ended(this)).status).to.equal('completed');
});

Then('the stored execution had advanced like this', function (this: HiveWorld, expected: DataTable) {
  expect(this.notes.get('advance')).to.deep.equal(expected.hashes());
});

Then('the stored result of each step precedes the audit record of its completion', async function (this: HiveWorld) {
  const transitions = await this.database.rows(`select * from ${await schemaOf(this)}.state_transitions where execution_id = $1 order by sequence`, [this.execution]);
  const completions = (await auditTrail(this)).filter((row) => row['event'] === 'task:did:call');
  expect(completions.map((row) => row['node'])).to.deep.equal(transitions.map((row) => row['to_state']));
  transitions.forEach((stored, index) => {
    const told = completions[index]!;
    expect(Number(told['lsn']), `log position of ${stored['to_state']}'s completion against that of its result`).to.be.greaterThan(Number(stored['lsn']));
  });
});

Then('the web service was never asked for {string}', async function (this: HiveWorld, path: string) {
  expect(await this.webService.requests(this.path(path))).to.deep.equal([]);
});

Then('the web service was asked for {string} with', async function (this: HiveWorld, path: string, expected: DataTable) {
  const requests = await this.webService.requests(this.path(path));
  const asked = requests.map(({ query, body }) => ({ ...query, ...(body && (JSON.parse(body) as object)) }));
  expect(asked, `what ${path} was asked with`).to.deep.equal(expected.hashes());
});

Then('{string} was called {times}', async function (this: HiveWorld, path: string, times: number) {
  expect(await this.webService.requests(this.path(path)), `requests for ${path}`).to.have.length(times);
});

Then('{string} was called {times} with the same idempotency key', async function (this: HiveWorld, path: string, times: number) {
  const requests = await this.webService.requests(this.path(path));
  expect(requests, `requests for ${path}`).to.have.length(times);
  const keys = new Set(requests.map((request) => request.headers['idempotency-key']));
  expect([...keys], 'idempotency keys').to.have.length(1).and.not.include(undefined);
});

Then('{string} never started', async function (this: HiveWorld, node: string) {
  expect((await auditTrail(this)).map((row) => row['node'])).to.not.include(node);
  expect(await storedSteps(this)).to.not.include(node);
});

Then('{string} ran {times}', async function (this: HiveWorld, node: string, times: number) {
  expect((await storedSteps(this)).filter((name) => name === node)).to.have.length(times);
});

Then('its stored steps are {names}, each once', async function (this: HiveWorld, nodes: string[]) {
  expect(await storedSteps(this)).to.deep.equal(nodes);
});

Then('no execution of {tenant} was stored', async function (this: HiveWorld, tenant: string) {
  expect(await storedExecutions(this, tenant)).to.deep.equal([]);
});

Then('its phases were {phases}', async function (this: HiveWorld, phases: string[]) {
  expect((await phaseChanges(this)).map((change) => change['to_phase'])).to.deep.equal(phases);
});

Then('each of these moves is an arrow of the picture', async function (this: HiveWorld) {
  const arrows = new Set([...(this.document.feature?.description ?? '').matchAll(/^\s*(\S+) --> (\S+?):?(?: .*)?$/gm)].map(([, from, to]) => `${from} --> ${to}`));
  const moves = (await phaseChanges(this)).map((change) => `${change['from_phase'] ?? '[*]'} --> ${change['to_phase']}`);
  expect(arrows.size, 'arrows in the picture').to.be.greaterThan(5);
  for (const move of moves) expect([...arrows], 'arrows of the picture').to.include(move);
});

Then('the record went from {word} to {word} to {word}', async function (this: HiveWorld, first: string, second: string, third: string) {
  await statusesAre(this, [first, second, third]);
});

Then('the record went from {word} to {word} to {word} to {word}', async function (this: HiveWorld, first: string, second: string, third: string, fourth: string) {
  await statusesAre(this, [first, second, third, fourth]);
});

/** The status that each phase change left in the record, repetitions folded. */
async function statusesAre(world: HiveWorld, expected: string[]) {
  const during: Record<string, string> = { PENDING: 'pending', RUNNING: 'running', TRANSITIONING: 'running', RECOVERING: 'recovering' };
  const { status } = await storedExecution(world);
  const seen = (await phaseChanges(world)).map((change) => during[change['to_phase']] ?? status);
  expect(seen.filter((one, index) => one !== seen[index - 1])).to.deep.equal(expected);
}

Then('it holds when it started and when it completed, in that order', async function (this: HiveWorld) {
  const { created_at, started_at, completed_at } = await storedExecution(this);
  expect(started_at?.getTime()).to.be.at.least(created_at.getTime());
  expect(completed_at?.getTime()).to.be.at.least(started_at!.getTime());
});

Then('it holds a result and no error', async function (this: HiveWorld) {
  const { output_data, error_message } = await storedExecution(this);
  expect(output_data).to.be.an('array').with.length.greaterThan(0);
  expect(error_message).to.equal(null);
});

Then('it holds the error {string} and no result', async function (this: HiveWorld, message: string) {
  expect(await storedExecution(this)).to.include({ error_message: message, output_data: null });
});

Then('the record holds exactly that input', async function (this: HiveWorld) {
  expect((await storedExecution(this)).input_data).to.deep.equal(this.notes.get('input'));
  expect(this.answer.body.status, told(this.answer)).to.equal('completed');
});

Then('the audit trail of the execution is', async function (this: HiveWorld, expected: DataTable) {
  const rows = expected.hashes();
  const trail = await eventually('the audit trail is written', async () => {
    const found = await auditTrail(this);
    if (found.length < rows.length) throw new Error(`${found.length} records: ${found.map((row) => row['event']).join(', ')}`);
    return found;
  });
  expect(trail.map((row) => ({ hook: row['event'], node: row['node'] ?? '', 'audit record': row['audit'] }))).to.deep.equal(rows);
});

Then('its sequence numbers grow without gaps', async function (this: HiveWorld) {
  const trail = await auditTrail(this);
  expect(trail.map((row) => Number(row['sequence']))).to.deep.equal(trail.map((_, index) => index + 1));
});

Then(
  'handlers of hooks were called {int} time for workflow:start, {int} times for task:will:call, {int} times for task:did:call and {int} time for workflow:complete',
  async function (this: HiveWorld, start: number, will: number, did: number, complete: number) {
    const expected = { 'workflow:start': start, 'task:will:call': will, 'task:did:call': did, 'workflow:complete': complete };
    const tenant = `tenant="${[...this.tenants.values()][0]!.id}"`;
    // The scenario's tenant is its own, so the counts were 0 before; handlers run beside the run and may come a moment later.
    await eventually('the handlers are called', async () => {
      const texts = await Promise.all(this.engineUrls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
      const lines = texts.flatMap((text) => text.split('\n').filter((line) => line.startsWith('hive_hooks_total') && line.includes(tenant)));
      const counted = lines.map((line) => [/event="([^"]+)"/.exec(line)?.[1], Number(line.split(' ').at(-1))] as const);
      expect(Object.fromEntries(counted)).to.deep.equal(expected);
    });
  },
);

Then('the record says running, when it started, and neither an end nor a result', async function (this: HiveWorld) {
  const record = await eventually('the record says that it started', async () => {
    const stored = await storedExecution(this);
    if (!stored.started_at) throw new Error(`it is ${stored.status}`);
    return stored;
  });
  expect(record).to.include({ status: 'running', completed_at: null, output_data: null, error_message: null });
});

Then('the audit trail shows each hook once, in order', async function (this: HiveWorld) {
  const trail = await auditTrail(this);
  const steps = await storedSteps(this);
  const expected = ['workflow:start', ...steps.flatMap((node) => [`task:will:call ${node}`, `task:did:call ${node}`]), 'workflow:complete'];
  expect(trail.map((row) => [row['event'], row['node']].filter(Boolean).join(' '))).to.deep.equal(expected);
});

Then('the audit log of {tenant} has one outcome {string} of that execution', async function (this: HiveWorld, tenant: string, outcome: string) {
  const rows = await this.database.rows(
    `select outcome from hive.audit_events where tenant_id = $1 and resource_id = $2 and action = 'execution.end'`,
    [this.tenantNamed(tenant).id, this.execution],
  );
  expect(rows).to.deep.equal([{ outcome }]);
});

Then('the count of {string} executions of {tenant} has grown by one', async function (this: HiveWorld, status: string, tenant: string) {
  // The scenario's tenant is its own, so the count was 0 before; both engines are asked because either may have carried it.
  const texts = await Promise.all(this.engineUrls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
  const line = new RegExp(`^hive_executions_total\\{(?=[^}]*tenant="${this.tenantNamed(tenant).id}")(?=[^}]*status="${status}")[^}]*\\} (\\d+)`, 'm');
  expect(texts.map((text) => Number(line.exec(text)?.[1] ?? 0)).reduce((sum, count) => sum + count)).to.equal(1);
});

Then('the refusal names {string} and {string}', function (this: HiveWorld, one: string, other: string) {
  for (const name of [one, other]) expect(this.answer.body.error.message).to.contain(name);
});

Then('no workflow of {tenant} was stored', async function (this: HiveWorld, tenant: string) {
  expect(await this.database.rows(`select id from ${await schemaOf(this, tenant)}.workflows`)).to.deep.equal([]);
});
