import { expect } from 'chai';
import { afterEach, describe, it } from 'node:test';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silentLogger, systemClock } from '../kernel/index.ts';
import type { WorkflowDefinition, WorkflowNode } from '../workflows/index.ts';
import type { StepEnvironment, StepOutcome, Work } from './interpreter/port.ts';
import { createTaskRegistry } from './registry.ts';
import type { Item, Resolved, Sandbox, Scope } from './sandbox/port.ts';

/** Stands in for the sandbox: `=field` reads a field of the item, `=!` fails. */
const fieldSandbox: Sandbox = {
  resolve: async (parameters, scope, indexes) => indexes.map((index) => resolveTree(parameters, scope, index)),
  runCode: async ({ staticData }: never) => ({ results: [{ ok: true, value: [{ done: true }] }], console: [], staticData: staticData ?? {} }),
  close: async () => undefined,
};

function resolveTree(tree: unknown, scope: Scope, index: number): Resolved {
  try {
    return { ok: true, value: JSON.parse(JSON.stringify(tree), (_key, value) => (typeof value === 'string' && value.startsWith('=') ? read(value.slice(1), scope, index) : value)) };
  } catch (error) {
    return { ok: false, error: { name: 'ExpressionError', message: (error as Error).message } };
  }
}

function read(name: string, { inputs, expressionInput }: Scope, index: number): unknown {
  if (name === '!') throw new Error('invalid syntax');
  return inputs[expressionInput]?.[index]?.json[name];
}

function nodeOf(type: string, typeVersion: number, parameters: Record<string, unknown>, rest: Partial<WorkflowNode> = {}): WorkflowNode {
  return {
    id: 'n', name: 'Node', type: `n8n-nodes-base.${type}`, typeVersion, position: [0, 0], parameters, disabled: false, executeOnce: false, alwaysOutputData: false,
    retryOnFail: false, maxTries: 3, waitBetweenTriesMs: 1000, onError: 'stopWorkflow', credentials: {}, webhookId: undefined, ...rest,
  };
}

const registry = (allowPrivateAddresses = true) => createTaskRegistry({ sandbox: fieldSandbox, http: { allowPrivateAddresses }, clock: systemClock, log: silentLogger });
const linked = (...values: Record<string, unknown>[]): Item[] => values.map((json, item) => ({ json, pairedItem: { item } }));

function step(node: WorkflowNode, ...inputs: Item[][]): { work: Work; environment: StepEnvironment } {
  const definition: WorkflowDefinition = { name: 'w', nodes: [node], connections: {}, settings: { executionOrder: 'v1', timezone: undefined, errorWorkflow: undefined, executionTimeoutMs: undefined }, pinData: {}, staticData: {} };
  return {
    work: { node, runIndex: 0, executionIndex: 1, inputs, source: [] },
    environment: {
      executionId: 'e', workflow: { id: 'w', name: 'w', active: true }, definition, mode: 'production', runData: {}, contexts: {}, staticData: {}, now: 0,
      timezone: 'UTC', idempotencyKey: 'e:1', signal: new AbortController().signal,
    },
  };
}

async function run(node: WorkflowNode, ...inputs: Item[][]): Promise<StepOutcome> {
  const { work, environment } = step(node, ...inputs);
  const tasks = registry();
  await tasks.validate(work, environment);
  return tasks.execute(work, environment);
}

async function jsonOf(node: WorkflowNode, ...inputs: Item[][]): Promise<unknown> {
  const outcome = await run(node, ...inputs);
  return outcome.kind === 'outputs' ? outcome.outputs?.map((items) => items?.map((item) => item.json)) : outcome.error.message;
}

async function refusal(node: WorkflowNode, ...inputs: Item[][]): Promise<{ code: string; message: string }> {
  const { work, environment } = step(node, ...inputs);
  return registry().validate(work, environment).then(
    () => expect.fail('the step should have been refused'),
    (error) => error,
  );
}

describe('task registry', () => {
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => (server.close(), server.closeAllConnections())));

  async function serve(status: number, seen: IncomingMessage[] = []): Promise<string> {
    const server = createServer((request, response) => (seen.push(request), response.writeHead(status, { 'content-type': 'application/json' }).end('[{"a":1},{"a":2}]')));
    servers.push(server.listen(0, '127.0.0.1'));
    await new Promise((resolve) => server.once('listening', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  it('names a type that it cannot run, a version it does not know and a type that it refuses', async () => {
    expect(await refusal(nodeOf('googleSheets', 4, {}))).to.include({ code: 'NODE_UNSUPPORTED' });
    expect((await refusal(nodeOf('set', 9, {}))).message).to.contain('3.4');
    expect(await refusal(nodeOf('executeCommand', 1, {}))).to.include({ code: 'NODE_REFUSED' });
    expect(() => registry().kindOf(nodeOf('googleSheets', 4, {}))).to.throw('googleSheets');
    expect(registry().kindOf(nodeOf('httpRequest', 4.2, {}))).to.equal('effect');
  });

  it('refuses input that the node could not work with, before the node runs', async () => {
    const missing = await refusal(nodeOf('httpRequest', 4.2, {}), linked({}));
    expect(missing).to.include({ code: 'STEP_INPUT_INVALID' });
    expect(missing.message).to.contain('"url"').and.to.contain('missing');
    const wrong = await refusal(nodeOf('limit', 1, { maxItems: '=many' }), linked({ many: { not: 'a number' } }));
    expect(wrong.message).to.contain('"maxItems"').and.to.contain('item 0').and.to.contain('number');
    expect((await refusal(nodeOf('merge', 3, { mode: 'blend' }), linked({}), linked({}))).message).to.contain('append');
  });

  it('fills in what a stored node leaves out', async () => {
    expect(await jsonOf(nodeOf('limit', 1, {}), linked({ n: 1 }, { n: 2 }))).to.deep.equal([[{ n: 1 }]]);
  });

  it('resolves expressions for each item, and fails with the expression that fails', async () => {
    const assign = (value: string) => ({ assignments: { assignments: [{ name: 'out', type: 'string', value }] } });
    expect(await jsonOf(nodeOf('set', 3.4, assign('=n')), linked({ n: 1 }, { n: 2 }))).to.deep.equal([[{ out: '1' }, { out: '2' }]]);
    expect(await run(nodeOf('set', 3.4, assign('=!')), linked({}))).to.deep.include({ kind: 'failed' });
    expect(await jsonOf(nodeOf('set', 3.4, assign('=!'), { onError: 'continueRegularOutput' }), linked({}))).to.deep.equal([[{ error: 'invalid syntax' }]]);
  });

  it('writes objects into raw JSON as JSON', async () => {
    expect(await jsonOf(nodeOf('set', 3.4, { mode: 'raw', jsonOutput: '={"a": 1}' }), linked({}))).to.deep.equal([[{ a: 1 }]]);
  });

  it('divides items between the outputs of If and Switch', async () => {
    const condition = { leftValue: '=n', rightValue: 2, operator: { type: 'number', operation: 'equals' } };
    const conditions = { combinator: 'and', conditions: [condition], options: { version: 2, caseSensitive: true, typeValidation: 'strict' } };
    expect(await jsonOf(nodeOf('if', 2.2, { conditions }), linked({ n: 1 }, { n: 2 }))).to.deep.equal([[{ n: 2 }], [{ n: 1 }]]);
    const rules = { values: [{ conditions }] };
    expect(await jsonOf(nodeOf('switch', 3.2, { rules, options: { fallbackOutput: 'extra' } }), linked({ n: 1 }, { n: 2 }))).to.deep.equal([[{ n: 2 }], [{ n: 1 }]]);
  });

  it('joins two lists by a field', async () => {
    const byId = { mode: 'combine', fieldsToMatchString: 'id', joinMode: 'keepEverything' };
    expect(await jsonOf(nodeOf('merge', 3, byId), linked({ id: 1, a: 1 }, { id: 2, a: 2 }), linked({ id: 2, b: 2 }, { id: 3, b: 3 }))).to.deep.equal([
      [{ id: 2, a: 2, b: 2 }, { id: 1, a: 1 }, { id: 3, b: 3 }],
    ]);
  });

  it('hands out batches and remembers what is left', async () => {
    const node = nodeOf('splitInBatches', 3, { batchSize: 2 });
    const first = await run(node, linked({ n: 1 }, { n: 2 }, { n: 3 }));
    expect(first).to.have.nested.property('outputs[1].length', 2);
    const { work, environment } = step(node, linked({ back: 1 }));
    const second = await registry().execute(work, { ...environment, contexts: { Node: (first as { context: Record<string, unknown> }).context } });
    expect(second).to.deep.include({ kind: 'outputs' });
    expect(second).to.have.nested.property('context.noItemsLeft', true);
    expect(second).to.have.deep.nested.property('outputs[1][0].json', { n: 3 });
  });

  it('sends the step\'s key with what changes something, and splits a list into items', async () => {
    const seen: IncomingMessage[] = [];
    const url = await serve(200, seen);
    expect(await jsonOf(nodeOf('httpRequest', 4.2, { method: 'POST', url }), linked({}))).to.deep.equal([[{ a: 1 }, { a: 2 }]]);
    await run(nodeOf('httpRequest', 4.2, { url }), linked({}));
    expect(seen.map((request) => request.headers['idempotency-key'])).to.deep.equal(['e:1:0', undefined]);
  });

  it('says whether a failed request may be tried again', async () => {
    expect(await run(nodeOf('httpRequest', 4.2, { url: await serve(503) }), linked({}))).to.have.nested.property('error.retryable', true);
    expect(await run(nodeOf('httpRequest', 4.2, { url: await serve(404) }), linked({}))).to.have.nested.property('error.retryable', false);
  });

  it('calls no private address unless that is allowed', async () => {
    const { work, environment } = step(nodeOf('httpRequest', 4.2, { url: await serve(200) }), linked({}));
    expect(await registry(false).execute(work, environment)).to.have.nested.property('error.name', 'AddressRefused');
    const named = step(nodeOf('httpRequest', 4.2, { url: 'http://localhost:1/' }), linked({}));
    expect(await registry(false).execute(named.work, named.environment)).to.have.nested.property('error.name', 'AddressRefused');
  });
});
