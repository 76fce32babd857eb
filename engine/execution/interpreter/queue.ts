/**
 * What runs next. Owns the stack of nodes that are ready and the table of nodes that wait for further inputs;
 * does not know what nodes do or whether they succeed.
 *
 * Q1. Order v1 puts targets in front, the topmost then leftmost to run first: branch after branch.
 *     Order v0 appends them in the order of the connections: level after level.
 * Q2. A node with several connected inputs is ready when each was reached; until then its data is parked, one
 *     entry a round. Data for an input that is already filled opens the next round.
 * Q3. In v0 a waiting node's other parents that would never run are forced to, with one empty item.
 */
import type { WorkflowNode } from '../../workflows/index.ts';
import type { Item, SourceLink } from '../sandbox/port.ts';
import type { Edge, Graph } from './graph.ts';
import type { Outputs } from './items.ts';
import type { ShapeOf } from './shape.ts';

export interface Entry {
  readonly node: WorkflowNode;
  /** By input; null where nothing arrived. */
  readonly inputs: readonly (readonly Item[] | null)[];
  readonly source: readonly (SourceLink | null)[];
}

interface Round {
  readonly inputs: (readonly Item[] | null)[];
  readonly source: (SourceLink | null)[];
}

interface Delivery {
  readonly edge: Edge;
  readonly items: readonly Item[];
  readonly run: number;
}

/** What the queue asks of the runs so far. */
export interface History {
  hasRun(name: string): boolean;
  items(name: string, run: number, output: number): readonly Item[] | null | undefined;
}

export interface Queue {
  push(entry: Entry): void;
  /** Puts an entry back as the very next one. */
  putBack(entry: Entry): void;
  /** The next ready entry; when none is ready, the first waiting one that may do without its missing inputs. */
  take(): Entry | undefined;
  /** Hands a finished run's outputs to the nodes behind it. */
  deliver(from: string, run: number, outputs: Outputs): void;
}

export function createQueue(order: 'v0' | 'v1', graph: Graph, parts: { shapeOf: ShapeOf; history: History }): Queue {
  const { shapeOf, history } = parts;
  const ready: Entry[] = [];
  const waiting = new Map<string, Round[]>();

  const enqueue = (entry: Entry) => void (order === 'v1' ? ready.unshift(entry) : ready.push(entry));
  const nodeOf = (name: string) => graph.node(name) as WorkflowNode;

  function deliver(from: string, run: number, outputs: Outputs) {
    const edges = graph.outgoing(from).flat();
    const ordered = order === 'v1' ? edges.toSorted((a, b) => lastToRunFirst(nodeOf(a.to), nodeOf(b.to))) : edges;
    for (const edge of ordered) {
      const items = outputs[edge.output];
      if (items && (items.length > 0 || (order === 'v0' && edge.input > 0))) arrive({ edge, items, run });
    }
  }

  function arrive(delivery: Delivery) {
    const { edge, items } = delivery;
    const inputs = graph.incoming(edge.to).length;
    if (inputs <= 1) return enqueue({ node: nodeOf(edge.to), inputs: [items], source: [sourceOf(delivery)] });
    const rounds = waiting.get(edge.to);
    const round = park(delivery, inputs);
    if (round.inputs.every((arrived) => arrived !== null)) return complete(edge.to, round);
    if (order === 'v0' && !rounds) forceOtherParents(delivery);
  }

  function park(delivery: Delivery, inputs: number): Round {
    const { edge, items } = delivery;
    const rounds = waiting.get(edge.to) ?? [];
    waiting.set(edge.to, rounds);
    let round = rounds.find((one) => one.inputs[edge.input] === null);
    if (!round) rounds.push((round = { inputs: Array(inputs).fill(null), source: Array(inputs).fill(null) }));
    round.inputs[edge.input] = items;
    round.source[edge.input] = sourceOf(delivery);
    return round;
  }

  function complete(name: string, round: Round) {
    forget(name, round);
    enqueue({ node: nodeOf(name), ...round });
  }

  function forget(name: string, round: Round) {
    const rest = (waiting.get(name) ?? []).filter((one) => one !== round);
    if (rest.length > 0) waiting.set(name, rest);
    else waiting.delete(name);
  }

  function forceOtherParents({ edge, items, run }: Delivery) {
    const siblings = new Set(graph.outgoing(edge.from).flat().map(({ to }) => to));
    for (const { from: parent } of graph.incoming(edge.to).flat()) {
      const comesAnyway = siblings.has(parent) && !isStarved(parent, run);
      if (parent === edge.from || comesAnyway || history.hasRun(parent) || isReady(parent)) continue;
      const forced = topmostUnexecuted(parent, siblings);
      if (!forced || (items.length === 0 && graph.ancestors(forced).includes(edge.from))) continue;
      if (isStarved(forced, run)) ready.push({ node: nodeOf(forced), inputs: [[{ json: {} }]], source: [{ previousNode: edge.from, previousNodeOutput: 0, previousNodeRun: 0 }] });
    }
  }

  /** The highest node above `parent` that has not run, or undefined when the parent will be reached without force. */
  function topmostUnexecuted(parent: string, siblings: ReadonlySet<string>): string | undefined {
    let topmost = parent;
    for (const name of [parent, ...graph.ancestors(parent)]) {
      if (name !== parent && siblings.has(name)) return undefined;
      if (history.hasRun(name)) break;
      if (isReady(name)) return undefined;
      topmost = name;
    }
    return topmost;
  }

  const isReady = (name: string) => ready.some((entry) => entry.node.name === name);
  /** Nothing arrived, or will arrive from what already ran, at the node's first input. */
  const isStarved = (name: string, run: number) => (graph.incoming(name)[0] ?? []).every(({ from, output }) => !history.items(from, run, output)?.length);

  /** Waiting nodes in the order in which they began to wait. A round in which nothing arrived is dropped; that may free others. */
  function releaseWaiting(): void {
    for (const [name, [round]] of waiting) {
      if (!round || graph.ancestors(name).some((ancestor) => waiting.has(ancestor))) continue;
      const shape = shapeOf(nodeOf(name));
      if (order === 'v1' && !mayRunWith(round, shape)) continue;
      forget(name, round);
      if (!round.inputs.some((items) => items?.length)) return releaseWaiting();
      return enqueue({ node: nodeOf(name), inputs: padded(round.inputs, shape.inputs), source: round.source });
    }
  }

  function take(): Entry | undefined {
    if (ready.length === 0) releaseWaiting();
    return ready.shift();
  }

  return { push: enqueue, putBack: (entry) => void ready.unshift(entry), take, deliver };
}

const sourceOf = ({ edge, run }: Delivery): SourceLink => ({ previousNode: edge.from, previousNodeOutput: edge.output, previousNodeRun: run });

/** Targets are put in front one by one, so the one to run first comes last. */
function lastToRunFirst({ position: [ax, ay] }: WorkflowNode, { position: [bx, by] }: WorkflowNode): number {
  return by - ay || bx - ax;
}

function mayRunWith({ inputs }: Round, { requiredInputs, inputs: count }: ReturnType<ShapeOf>): boolean {
  if (requiredInputs === undefined) return true;
  const reached = inputs.filter((items) => items !== null).length;
  if (typeof requiredInputs === 'number') return requiredInputs < count && reached >= requiredInputs;
  return requiredInputs.length < count && requiredInputs.every((input) => inputs[input]);
}

function padded(inputs: readonly (readonly Item[] | null)[], length: number): (readonly Item[])[] {
  return Array.from({ length: Math.max(length, inputs.length) }, (_, index) => inputs[index] ?? []);
}
