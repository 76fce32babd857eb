/** Workflows as their owners make, change and read them. */
import { Given, Then, When, type DataTable } from '@cucumber/cucumber';
import { expect } from 'chai';
import { told } from '../support/actors/api-client.ts';
import { imports, replaces, switches } from '../support/actors/customer.ts';
import { schemaOf, storedExecution } from '../support/actors/executions-seen.ts';
import { fixtureWorkflow } from '../support/fixture-workflow.ts';
import type { HiveWorld } from '../support/world.ts';

const nodeNames = (n8n: { nodes: readonly { name: string }[] }) => n8n.nodes.map((node) => node.name).toSorted();
const fixtureNodes = (world: HiveWorld, name: string) => nodeNames(fixtureWorkflow(name, world.webService.url));

async function storedWorkflow(world: HiveWorld) {
  const [row, ...others] = await world.database.rows(`select * from ${await schemaOf(world)}.workflows`);
  expect(others, 'further workflows of the tenant').to.deep.equal([]);
  return row!;
}

When('{person} creates the workflow {workflow}', async function (this: HiveWorld, person: string, workflow: string) {
  const answer = await imports(this, person, workflow);
  if (answer.status === 201) this.workflows.set(workflow, { name: workflow, id: answer.body.id, owner: person });
});

Given('{person} switched {workflow} off', async function (this: HiveWorld, person: string, workflow: string) {
  await switches(this, person, { workflow, active: false });
});

Given('{person} switched {workflow} off and on again', async function (this: HiveWorld, person: string, workflow: string) {
  await switches(this, person, { workflow, active: false });
  await switches(this, person, { workflow, active: true });
});

Given('{person} replaced {workflow} by the content of {workflow}', async function (this: HiveWorld, person: string, workflow: string, content: string) {
  const answer = await replaces(this, person, { workflow, content, version: 1 });
  expect(answer.status, told(answer)).to.equal(200);
});

When('{person} replaces {workflow} by the content of {workflow}', async function (this: HiveWorld, person: string, workflow: string, content: string) {
  await replaces(this, person, { workflow, content, version: 1 });
});

When('{person} replaces version {int} of {workflow} by the content of {workflow}', async function (this: HiveWorld, person: string, version: number, workflow: string, content: string) {
  await replaces(this, person, { workflow, content, version });
});

When('{person} lists workflows', async function (this: HiveWorld, person: string) {
  await this.ask(person, { path: '/workflows' });
});

When('{person} asks for {workflow}', async function (this: HiveWorld, person: string, workflow: string) {
  await this.ask(person, { path: `/workflows/${this.workflow(workflow).id}` });
});

Then('{workflow} is stored in version {int}, active', async function (this: HiveWorld, name: string, version: number) {
  expect(await storedWorkflow(this)).to.include({ name, version, active: true });
});

Then('its tools are {names}, derived from its nodes', async function (this: HiveWorld, names: string[]) {
  const { mcp_tools: tools } = await storedWorkflow(this);
  expect((tools as { node: string; name: string; inputSchema: { type: string } }[]).map((tool) => tool.node)).to.deep.equal(names);
  for (const tool of tools) expect(tool.inputSchema, `input schema of ${tool.name}`).to.include({ type: 'object' });
});

Then("its maker is the subject of {person}'s token", async function (this: HiveWorld, person: string) {
  const claims = JSON.parse(Buffer.from(this.person(person).token!.split('.')[1]!, 'base64url').toString()) as { sub: string };
  expect((await storedWorkflow(this))['created_by']).to.equal(claims.sub);
});

Then('the database knows that maker and would take no stranger', async function (this: HiveWorld) {
  const { created_by: maker } = await storedWorkflow(this);
  expect(await this.database.rows('select id from hive.users where id = $1', [maker])).to.have.length(1);
  const refusal = await this.database
    .rows(`update ${await schemaOf(this)}.workflows set created_by = gen_random_uuid()`)
    .then(() => undefined, (error: { code: string }) => error.code);
  expect(refusal, 'code of a foreign key violation').to.equal('23503');
});

Then('{workflow} is now at version {int} with the nodes of {workflow}', async function (this: HiveWorld, workflow: string, version: number, content: string) {
  const row = await storedWorkflow(this);
  expect(row['version']).to.equal(version);
  expect(nodeNames(row['n8n_data'])).to.deep.equal(fixtureNodes(this, content));
  const shown = await this.arrange(this.workflow(workflow).owner, { path: `/workflows/${this.workflow(workflow).id}` });
  expect(shown.body.version).to.equal(version);
});

Then('version {int} can still be read with the nodes of {workflow}', async function (this: HiveWorld, version: number, content: string) {
  const [workflow] = this.workflows.values();
  const shown = await this.arrange(workflow!.owner, { path: `/workflows/${workflow!.id}/versions/${version}` });
  expect(nodeNames(shown.body.n8n_data)).to.deep.equal(fixtureNodes(this, content));
});

Then('the list is empty', function (this: HiveWorld) {
  expect(this.answer.body.workflows, told(this.answer)).to.deep.equal([]);
});

Then('she is shown {workflow}', function (this: HiveWorld, name: string) {
  expect(this.answer.body.name, told(this.answer)).to.equal(name);
});

Then('{person}, asking for the same id, is shown {workflow}', async function (this: HiveWorld, person: string, name: string) {
  const [workflow] = this.workflows.values();
  const shown = await this.ask(person, { path: `/workflows/${workflow!.id}` });
  expect(shown.body.name, told(shown)).to.equal(name);
});

When('{person} executes {workflow} through a client that calls itself {}', async function (this: HiveWorld, person: string, workflow: string, client: string) {
  const headers: Record<string, string> = client === 'nothing' ? {} : { 'x-client-channel': client };
  const answer = await this.ask(person, { method: 'POST', path: `/workflows/${this.workflow(workflow).id}/execute`, body: { input: { customer: 'George', pies: 2, price: 2 } }, headers });
  this.executionId = answer.body.execution_id;
});

Then('the stored execution was started through {word}', async function (this: HiveWorld, channel: string) {
  expect((await storedExecution(this)).client_channel).to.equal(channel);
});

Then('its result is that of any other channel', function (this: HiveWorld) {
  expect(this.answer.body.result).to.deep.equal([{ customer: 'George', pies: 2, price: 2, total: 4, message: 'Thank you, George: 4.00' }]);
});

When('{person} imports {damaged}', async function (this: HiveWorld, person: string, document: string) {
  await this.ask(person, { method: 'POST', path: '/workflows', body: `{"name": "Damaged on the way", "n8n_data": ${document}}` });
});

When('{person} imports {damaged} under the name {string}', async function (this: HiveWorld, person: string, document: string, name: string) {
  await this.ask(person, { method: 'POST', path: '/workflows', body: `{"name": ${JSON.stringify(name)}, "n8n_data": ${document}}` });
});

When('{person} imports the workflow {workflow} under a name of {int} characters', async function (this: HiveWorld, person: string, workflow: string, length: number) {
  await this.ask(person, { method: 'POST', path: '/workflows', body: { name: 'x'.repeat(length), n8n_data: fixtureWorkflow(workflow, this.webService.url) } });
});

Then('the refusal says {string}', function (this: HiveWorld, words: string) {
  expect(this.answer.body.error.message, told(this.answer)).to.contain(words);
});

Then('{workflow} is stored without a description', async function (this: HiveWorld, name: string) {
  expect(await storedWorkflow(this)).to.include({ name, description: null });
});

Then('the import warned of', function (this: HiveWorld, expected: DataTable) {
  const warnings = this.answer.body.warnings as { code: string; nodes: string[] }[];
  expect(warnings.map(({ code, nodes }) => ({ warning: code, nodes: nodes.join(', ') })), told(this.answer)).to.deep.equal(expected.hashes());
});

Then('the import warned of nothing', function (this: HiveWorld) {
  expect(this.answer.body.warnings, told(this.answer)).to.deep.equal([]);
});

/** Columns: node, read as (the verdict), with defaults for (names of fields). */
Then('the import reported of its nodes', function (this: HiveWorld, expected: DataTable) {
  const report = this.answer.body.import_report as { node: string; verdict: string; defaulted: string[] }[];
  const rows = report.map(({ node, verdict, defaulted }) => ({ node, 'read as': verdict, 'with defaults for': defaulted.join(', ') }));
  expect(rows, told(this.answer)).to.deep.equal(expected.hashes());
});
