import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'node:test';
import type { WorkflowDefinition, WorkflowNode } from '../../workflows/index.ts';
import type { Item } from '../sandbox/port.ts';
import { createInterpreterWith } from './interpreter.ts';
import type { Interpreter, StepOutcome } from './port.ts';

type Wire = readonly [from: string, output: number, to: string, input: number];

function node(name: string, rest: Partial<WorkflowNode> = {}): WorkflowNode {
  return {
    id: name, name, type: name === 'Start' ? 'n8n-nodes-base.manualTrigger' : 'test.step', typeVersion: 1, position: [0, 0], parameters: {}, disabled: false,
    executeOnce: false, alwaysOutputData: false, retryOnFail: false, maxTries: 3, waitBetweenTriesMs: 1000, onError: 'stopWorkflow', credentials: {}, webhookId: undefined, ...rest,
  };
}

function workflow(nodes: readonly WorkflowNode[], wires: readonly Wire[], order: 'v0' | 'v1' = 'v1'): WorkflowDefinition {
  const connections: Record<string, { main: { node: string; type: string; index: number }[][] }> = {};
  for (const [from, output, to, input] of wires) {
    const slots = (connections[from] ??= { main: [] }).main;
    while (slots.length <= output) slots.push([]);
    slots[output]?.push({ node: to, type: 'main', index: input });
  }
  return { name: 'w', nodes, connections, settings: { executionOrder: order, timezone: undefined, errorWorkflow: undefined, executionTimeoutMs: undefined }, pinData: {}, staticData: {} };
}

const items = (...values: unknown[]): Item[] => values.map((value) => ({ json: { value } }));
const outputs = (...lists: readonly Item[][]): StepOutcome => ({ kind: 'outputs', outputs: lists });
const failed: StepOutcome = { kind: 'failed', error: { message: 'broken', name: 'Error', retryable: false } };

type Behaviour = (name: string, inputs: readonly (readonly Item[])[], run: number) => StepOutcome;
const passOn: Behaviour = (_name, inputs) => outputs([...inputs.flat()]);

function start(definition: WorkflowDefinition, rest: { input?: Item[]; mode?: 'test' | 'production'; inputs?: number } = {}): Interpreter {
  return createInterpreterWith((one) => ({ inputs: one.name.startsWith('Merge') ? 2 : 1, outputs: 1, requiredInputs: one.name.startsWith('Merge') ? 1 : undefined }), {
    definition, input: rest.input ?? [], mode: rest.mode ?? 'production',
  }, { maxRuns: 200 });
}

function carryOut(interpreter: Interpreter, behave: Behaviour = passOn): StepOutcome[] {
  const outcomes: StepOutcome[] = [];
  for (let work = interpreter.next(); work; work = interpreter.next()) {
    const outcome = behave(work.node.name, work.inputs, work.runIndex);
    outcomes.push(outcome);
    if (!interpreter.settle(work, outcome).goesOn) break;
  }
  return outcomes;
}

const ran = (interpreter: Interpreter) => interpreter.trail.map((one) => one.node);

describe('interpreter', () => {
  const fan = [node('Start'), node('Low', { position: [0, 9] }), node('High', { position: [0, 1] }), node('AfterHigh', { position: [9, 1] }), node('AfterLow', { position: [9, 9] })];
  const fanWires: Wire[] = [['Start', 0, 'Low', 0], ['Start', 0, 'High', 0], ['High', 0, 'AfterHigh', 0], ['Low', 0, 'AfterLow', 0]];

  it('finishes the topmost branch before the next one in v1', () => {
    const interpreter = start(workflow(fan, fanWires));
    carryOut(interpreter);
    expect(ran(interpreter)).to.deep.equal(['Start', 'High', 'AfterHigh', 'Low', 'AfterLow']);
  });

  it('goes level by level in the order of the connections in v0', () => {
    const interpreter = start(workflow(fan, fanWires, 'v0'));
    carryOut(interpreter);
    expect(ran(interpreter)).to.deep.equal(['Start', 'Low', 'High', 'AfterLow', 'AfterHigh']);
  });

  const join: Wire[] = [['Start', 0, 'A', 0], ['Start', 0, 'B', 0], ['A', 0, 'Merge', 0], ['B', 0, 'Merge', 1]];
  const joined = [node('Start'), node('A', { position: [0, 1] }), node('B', { position: [0, 2] }), node('Merge')];

  it('runs a node with two inputs once, when both were reached', () => {
    const interpreter = start(workflow(joined, join), { input: items(1) });
    carryOut(interpreter);
    expect(ran(interpreter)).to.deep.equal(['Start', 'A', 'B', 'Merge']);
    expect(interpreter.runData['Merge']?.[0]?.source.map((link) => link?.previousNode)).to.deep.equal(['A', 'B']);
  });

  it('lets a waiting node go at the end with what it has', () => {
    const interpreter = start(workflow(joined, join), { input: items(1) });
    carryOut(interpreter, (name, inputs, run) => (name === 'A' ? outputs([]) : passOn(name, inputs, run)));
    expect(ran(interpreter)).to.deep.equal(['Start', 'A', 'B', 'Merge']);
    expect(interpreter.output()).to.have.lengthOf(1);
  });

  it('forces the other parent of a waiting node in v0, with one empty item', () => {
    const interpreter = start(workflow([...joined, node('Lonely')], [['Start', 0, 'Merge', 0], ['Lonely', 0, 'Merge', 1]], 'v0'), { input: items(1) });
    const seen: unknown[] = [];
    carryOut(interpreter, (name, inputs, run) => (name === 'Lonely' && seen.push(...inputs[0]!.map((item) => item.json)), passOn(name, inputs, run)));
    expect(ran(interpreter)).to.deep.equal(['Start', 'Lonely', 'Merge']);
    expect(seen).to.deep.equal([{}]);
  });

  it('runs a node again for each source on the same input', () => {
    const interpreter = start(workflow([node('Start'), node('A'), node('B'), node('C')], [['Start', 0, 'A', 0], ['Start', 0, 'B', 0], ['A', 0, 'C', 0], ['B', 0, 'C', 0]]));
    carryOut(interpreter);
    expect(interpreter.runData['C']).to.have.lengthOf(2);
  });

  it('follows a loop until its output stays empty', () => {
    const interpreter = start(workflow([node('Start'), node('Loop'), node('Body')], [['Start', 0, 'Loop', 0], ['Loop', 0, 'Body', 0], ['Body', 0, 'Loop', 0]]));
    carryOut(interpreter, (name, inputs, run) => (name === 'Loop' && run === 2 ? outputs([]) : passOn(name, inputs, run)));
    expect(ran(interpreter)).to.deep.equal(['Start', 'Loop', 'Body', 'Loop', 'Body', 'Loop']);
  });

  it('gives up on a loop that does not end', () => {
    const interpreter = start(workflow([node('Start'), node('A')], [['Start', 0, 'A', 0], ['A', 0, 'A', 0]]));
    carryOut(interpreter);
    expect(interpreter.error?.code).to.equal('ENDLESS_LOOP');
  });

  it('passes input 0 through a disabled node and takes pinned items in test runs only', () => {
    const definition = { ...workflow([node('Start'), node('Off', { disabled: true }), node('Pinned')], [['Start', 0, 'Off', 0], ['Off', 0, 'Pinned', 0]]), pinData: { Pinned: [{ pinned: true }] } };
    const test = start(definition, { input: items(1), mode: 'test' });
    carryOut(test);
    expect(test.output().map((item) => item.json)).to.deep.equal([{ pinned: true }]);
    const production = start(definition, { input: items(1) });
    const executed: string[] = [];
    carryOut(production, (name, inputs, run) => (executed.push(name), passOn(name, inputs, run)));
    expect(executed).to.deep.equal(['Start', 'Pinned']);
    expect(production.output().map((item) => item.json)).to.deep.equal([{ value: 1 }]);
  });

  it('stops at a failing node, or hands its input on when it may continue', () => {
    const wires: Wire[] = [['Start', 0, 'A', 0], ['A', 0, 'B', 0]];
    const stopped = start(workflow([node('Start'), node('A'), node('B')], wires), { input: items(1) });
    carryOut(stopped, (name, inputs, run) => (name === 'A' ? failed : passOn(name, inputs, run)));
    expect(stopped.error).to.include({ node: 'A', message: 'broken' });
    expect(stopped.next()).to.equal(undefined);
    const continued = start(workflow([node('Start'), node('A', { onError: 'continueRegularOutput' }), node('B')], wires), { input: items(1) });
    carryOut(continued, (name, inputs, run) => (name === 'A' ? failed : passOn(name, inputs, run)));
    expect(continued.output().map((item) => item.json)).to.deep.equal([{ value: 1 }]);
  });

  it('moves failed items to the error output, over the data they came from', () => {
    const interpreter = start(workflow([node('Start'), node('A', { onError: 'continueErrorOutput' }), node('Bad')], [['Start', 0, 'A', 0], ['A', 1, 'Bad', 0]]), { input: items(1, 2) });
    carryOut(interpreter, (name, inputs, run) => (name === 'A' ? outputs([{ json: { value: 1 }, pairedItem: { item: 0 } }, { json: { error: 'no' }, pairedItem: { item: 1 } }]) : passOn(name, inputs, run)));
    expect(interpreter.output().map((item) => item.json)).to.deep.equal([{ value: 2, error: 'no' }]);
  });

  it('links outputs to inputs where only one answer is possible', () => {
    const interpreter = start(workflow([node('Start'), node('A')], [['Start', 0, 'A', 0]]), { input: items(1, 2) });
    carryOut(interpreter, (name) => outputs(name === 'Start' ? items(1, 2) : items('x', 'y')));
    expect(interpreter.output().map((item) => item.pairedItem)).to.deep.equal([{ item: 0 }, { item: 1 }]);
  });

  it('refuses a workflow without a start and names what could start it', () => {
    const definition = workflow([node('Hook', { type: 'n8n-nodes-base.webhook' })], []);
    expect(() => start(definition)).to.throw(/Hook/).with.property('code', 'NO_START_NODE');
  });

  it('comes to the same state when recorded outcomes are settled again', () => {
    const names = ['Start', 'A', 'B', 'Merge1', 'Merge2', 'C'];
    const wire = fc.tuple(fc.constantFrom(...names), fc.nat(1), fc.constantFrom(...names.slice(1)), fc.nat(1)).map(([from, output, to, input]): Wire => [from, output, to, to.startsWith('Merge') ? input : 0]);
    fc.assert(
      fc.property(fc.array(wire, { maxLength: 12 }), fc.constantFrom('v0' as const, 'v1' as const), fc.array(fc.nat(5), { minLength: 40, maxLength: 40 }), (wires, order, dice) => {
        const definition = workflow(names.map((name, index) => node(name, { position: [index, (index * 7) % 5] })), wires, order);
        let throwOfDice = 0;
        const first = start(definition, { input: items(1) });
        const recorded = carryOut(first, (_name, inputs) => {
          const drawn = dice[throwOfDice++ % dice.length] ?? 0;
          if (throwOfDice > 60) return outputs([]);
          return drawn === 0 ? { kind: 'outputs', outputs: null } : drawn === 1 ? outputs([], [...inputs.flat()]) : outputs([...inputs.flat()].slice(0, 3), drawn > 3 ? items(drawn) : []);
        });
        const second = start(definition, { input: items(1) });
        const replayed = JSON.parse(JSON.stringify(recorded)) as StepOutcome[];
        carryOut(second, () => replayed.shift() as StepOutcome);
        expect(JSON.parse(JSON.stringify(second.runData))).to.deep.equal(JSON.parse(JSON.stringify(first.runData)));
        expect(second.trail).to.deep.equal(first.trail);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a completed outcome', () => {
  const nodes = [node('Start'), node('Judge', { onError: 'continueErrorOutput', alwaysOutputData: true })];
  const wires: Wire[] = [['Start', 0, 'Judge', 0]];
  const given = outputs([{ json: { value: 1 } }, { json: { error: 'too salty' }, pairedItem: { item: 1 } }]);

  /** The run of Judge after settling what `form` makes of the outcome that the node gave. */
  function judged(form: (run: Interpreter, work: ReturnType<Interpreter['next']> & object) => StepOutcome) {
    const run = start(workflow(nodes, wires), { input: items('soup', 'pie') });
    run.settle(run.next()!, outputs(items('soup', 'pie')));
    const work = run.next()!;
    const outcome = form(run, work);
    return { outcome, settled: run.settle(work, outcome).run, runData: run.runData };
  }

  it('has errors routed and says where each item comes from', () => {
    const { outcome } = judged((run, work) => run.complete(work, given));
    expect(outcome).to.deep.include({ kind: 'outputs', complete: true });
    expect(outcome.kind === 'outputs' && outcome.outputs?.map((list) => list?.map((item) => item.json))).to.deep.equal([[{ value: 1 }], [{ value: 'pie', error: 'too salty' }]]);
  });

  it('leads to the same run as the outcome that the node gave, and completing it again changes nothing', () => {
    const plain = judged(() => given);
    const completed = judged((run, work) => run.complete(work, run.complete(work, given)));
    expect(completed.settled).to.deep.equal(plain.settled);
    expect(completed.runData).to.deep.equal(plain.runData);
  });

  it('is left as it is where the step failed', () => {
    expect(judged((run, work) => run.complete(work, failed)).outcome).to.equal(failed);
  });
});
