/**
 * The state machine of one execution: what runs, in which order, with which items, and what follows from each
 * outcome. Pure; see port.ts for the promise of replay.
 *
 * I1. At most one node is out between `next` and `settle`.
 * I2. Items handed in (start, outcomes, pins) are never changed; runs are built from copies.
 * I3. A node's runs are numbered by what was recorded of it: an outcome of null leaves no run.
 */
import type { WorkflowNode } from '../../workflows/index.ts';
import type { Item, NodeRun } from '../sandbox/port.ts';
import { buildGraph } from './graph.ts';
import { placeholder, relink, repairLinks, routeErrors, showErrors, type Outputs } from './items.ts';
import type { Interpreter, InterpreterStart, StepError, StepOutcome, Work } from './port.ts';
import { createQueue, type Entry, type Queue } from './queue.ts';
import type { ShapeOf } from './shape.ts';
import { startNodeOf } from './start-node.ts';

export interface InterpreterLimits {
  /** Node runs, passed-through ones included, after which an execution counts as an endless loop. */
  readonly maxRuns: number;
}

/** Too low: long loops fail. Too high: an endless loop fills the memory before it is found. */
const defaultLimits: InterpreterLimits = { maxRuns: 100_000 };

interface Out {
  readonly work: Work;
  readonly entry: Entry;
}

class Execution implements Interpreter {
  // Without a prototype: a node may be called "constructor".
  readonly runData: Record<string, NodeRun[]> = Object.create(null);
  readonly contexts: Record<string, Readonly<Record<string, unknown>>> = Object.create(null);
  readonly trail: { node: string; runIndex: number }[] = [];
  lastNodeExecuted: string | undefined;
  error: (StepError & { node: string }) | undefined;
  staticData: Readonly<Record<string, unknown>>;

  readonly #start: InterpreterStart;
  readonly #shapeOf: ShapeOf;
  readonly #limits: InterpreterLimits;
  readonly #graph: ReturnType<typeof buildGraph>;
  readonly #queue: Queue;
  #out: Out | undefined;
  #executionIndex = 0;

  constructor(start: InterpreterStart, shapeOf: ShapeOf, limits: InterpreterLimits) {
    const { definition } = start;
    this.#start = start;
    this.#shapeOf = shapeOf;
    this.#limits = limits;
    this.staticData = definition.staticData;
    this.#graph = buildGraph(definition);
    const history = {
      hasRun: (name: string) => this.runData[name] !== undefined,
      items: (name: string, run: number, output: number) => this.runData[name]?.[run]?.outputs[output],
    };
    this.#queue = createQueue(definition.settings.executionOrder, this.#graph, { shapeOf, history });
    const input = start.input.length > 0 ? start.input : [{ json: {} }];
    this.#queue.push({ node: startNodeOf(definition, start.startNode), inputs: [input], source: [] });
  }

  next(): Work | undefined {
    if (this.#out) return this.#out.work;
    for (let entry = this.#take(); entry; entry = this.#take()) {
      const linked = { ...entry, inputs: entry.inputs.map((items, input) => items && relink(items, input)) };
      const passed = this.#passThrough(linked);
      if (passed === undefined) return this.#handOut(linked);
      this.#executionIndex += 1;
      if (passed) this.#finish(linked, passed);
    }
    return undefined;
  }

  /** The next entry unless the execution is over. */
  #take(): Entry | undefined {
    if (this.error) return undefined;
    const entry = this.#queue.take();
    if (!entry || this.#executionIndex < this.#limits.maxRuns) return entry;
    const message = `Stopped execution because it seems to be in an endless loop: ${this.#limits.maxRuns} node runs.`;
    this.error = { message, name: 'EndlessLoop', code: 'ENDLESS_LOOP', retryable: false, node: entry.node.name };
    return undefined;
  }

  /** The outputs of a node that is not executed; null when it ends its branch, undefined when it has to be executed. */
  #passThrough({ node, inputs }: Entry): Outputs | null | undefined {
    if (node.disabled) return inputs[0] ? [inputs[0]] : null;
    const { mode, definition } = this.#start;
    const pinned = mode === 'test' && Object.hasOwn(definition.pinData, node.name) ? definition.pinData[node.name] : undefined;
    if (pinned) return this.#complete(node, inputs, [pinned.map(asItem)]);
    if (this.#expressionItems(inputs).length > 0) return undefined;
    return node.alwaysOutputData ? [[placeholder(inputs)]] : null;
  }

  /** A node whose expressions would have no item to read is skipped: input 0 in v0, any input in v1. */
  #expressionItems(inputs: Entry['inputs']): readonly Item[] {
    const first = this.#start.definition.settings.executionOrder === 'v1' ? inputs.find((items) => items?.length) : inputs[0];
    return first ?? [];
  }

  #handOut(entry: Entry): Work {
    const { node, source } = entry;
    const inputs = entry.inputs.map((items) => (node.executeOnce ? (items ?? []).slice(0, 1) : (items ?? [])));
    const work = { node, runIndex: this.#runIndex(node), executionIndex: this.#executionIndex++, inputs, source };
    this.#out = { work, entry };
    return work;
  }

  #entryOf(work: Work): Entry {
    const out = this.#out;
    if (out?.work.executionIndex === work.executionIndex) return out.entry;
    throw new Error(`expected the work that next gave last, not ${work.node.name} (${work.executionIndex})`);
  }

  complete(work: Work, outcome: StepOutcome): StepOutcome {
    const { node, inputs } = this.#entryOf(work);
    if (outcome.kind === 'failed' || outcome.complete) return outcome;
    return { ...outcome, outputs: this.#complete(node, inputs, outcome.outputs), complete: true };
  }

  settle(work: Work, outcome: StepOutcome): { run: NodeRun; goesOn: boolean } {
    const entry = this.#entryOf(work);
    this.#out = undefined;
    return outcome.kind === 'failed' ? this.#settleFailure(entry, outcome.error) : this.#settleOutputs(entry, outcome);
  }

  #settleOutputs(entry: Entry, { outputs, context, staticData, complete }: Extract<StepOutcome, { kind: 'outputs' }>) {
    const { node, source } = entry;
    if (context) this.contexts[node.name] = context;
    if (staticData) this.staticData = staticData;
    const completed = complete ? outputs : this.#complete(node, entry.inputs, outputs);
    // Succeeded without data: the branch ends and no run is recorded.
    if (!completed) return { run: { outputs: [], source }, goesOn: true };
    return { run: this.#finish(entry, completed), goesOn: true };
  }

  #settleFailure(entry: Entry, error: StepError) {
    const { node, inputs, source } = entry;
    if (node.onError !== 'stopWorkflow') return { run: this.#finish(entry, inputs[0] ? [inputs[0]] : [], error), goesOn: true };
    const run = { outputs: [], source, error };
    this.#record(node, run);
    this.#queue.putBack(entry);
    this.error = { ...error, node: node.name };
    return { run, goesOn: false };
  }

  #complete(node: WorkflowNode, inputs: Entry['inputs'], given: Outputs | null): Outputs | null {
    const routed = given && node.onError === 'continueErrorOutput' ? routeErrors(given, inputs, this.#regularOutputs(node)) : given;
    const outputs = routed && repairLinks(routed, inputs);
    if (node.alwaysOutputData && !outputs?.[0]?.length) return [[placeholder(inputs)], ...(outputs ?? []).slice(1)];
    return outputs && showErrors(outputs);
  }

  #regularOutputs(node: WorkflowNode): number {
    return this.#shapeOf(node).outputs;
  }

  #finish(entry: Entry, outputs: Outputs, error?: StepError): NodeRun {
    const run: NodeRun = { outputs, source: entry.source, ...(error && { error }) };
    const runIndex = this.#runIndex(entry.node);
    this.#record(entry.node, run);
    this.#queue.deliver(entry.node.name, runIndex, outputs);
    return run;
  }

  #record(node: WorkflowNode, run: NodeRun) {
    this.trail.push({ node: node.name, runIndex: this.#runIndex(node) });
    (this.runData[node.name] ??= []).push(run);
    this.lastNodeExecuted = node.name;
  }

  #runIndex(node: WorkflowNode): number {
    return this.runData[node.name]?.length ?? 0;
  }

  output(): readonly Item[] {
    const runs = this.lastNodeExecuted === undefined ? [] : (this.runData[this.lastNodeExecuted] ?? []);
    return runs.at(-1)?.outputs[0] ?? [];
  }
}

function asItem(pinned: unknown): Item {
  const value = pinned as Record<string, unknown>;
  return typeof value?.['json'] === 'object' && value['json'] !== null ? (value as unknown as Item) : { json: value };
}

/** Starts an execution; throws NO_START_NODE or START_NODE_UNKNOWN (422). */
export function createInterpreterWith(shapeOf: ShapeOf, start: InterpreterStart, limits = defaultLimits): Interpreter {
  return new Execution(start, shapeOf, limits);
}


