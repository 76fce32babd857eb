/**
 * What a definition's graph says before any node runs.
 *
 * G1. Only `main` connections carry a run. Others (`ai_*`) tie sub-nodes to the root node that asks for them,
 *     against the direction of the arrow.
 * G2. A loop is legal when a node in it can send items elsewhere or nowhere. One that cannot end is refused:
 *     n8n would run it until it is stopped by hand.
 */
import { workflowCycle } from './errors.ts';
import type { Warning } from './import.ts';
import type { WorkflowDefinition, WorkflowNode } from './port.ts';

/** Targets by output of each node. */
type Edges = ReadonlyMap<string, readonly (readonly string[])[]>;

/** Outputs of the types that decide where items go, or whether they go on: the outputs exist even when unused. */
const OUTPUTS_OF_DECIDING_TYPES: Readonly<Record<string, number>> = {
  'n8n-nodes-base.if': 2,
  'n8n-nodes-base.filter': 2,
  'n8n-nodes-base.splitInBatches': 2,
  'n8n-nodes-base.compareDatasets': 4,
  // A switch without a matching rule sends an item nowhere, and a wait hands the decision to whoever resumes or cancels it.
  'n8n-nodes-base.switch': Infinity,
  'n8n-nodes-base.wait': Infinity,
  'n8n-nodes-base.removeDuplicates': Infinity,
};

/** Types that start a run without a trigger's suffix in their name. */
const STARTING_TYPES = new Set(['webhook', 'cron', 'interval', 'start', 'emailReadImap']);

export const isStart = ({ type, disabled }: Pick<WorkflowNode, 'type' | 'disabled'>) => {
  const last = type.slice(type.lastIndexOf('.') + 1);
  return !disabled && (/trigger$/i.test(last) || STARTING_TYPES.has(last));
};

function mainEdges({ nodes, connections }: WorkflowDefinition): Edges {
  return new Map(
    nodes.map(({ name }) => [name, (connections[name]?.['main'] ?? []).map((slot) => slot.filter(({ type }) => type === 'main').map(({ node }) => node))]),
  );
}

/**
 * Strongly connected components with a cycle in them (Tarjan), within `members`. Recursion is as deep as the
 * longest path, which the import limits to 2,000 nodes.
 */
function cyclicComponents(members: ReadonlySet<string>, allTargets: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const opened = new Set<string>();
  const components: string[][] = [];
  const targets = (name: string) => (allTargets.get(name) ?? []).filter((target) => members.has(target));
  const visit = (name: string) => {
    order.set(name, order.size);
    let lowest = order.get(name)!;
    open.push(name);
    opened.add(name);
    for (const target of targets(name)) {
      if (!order.has(target)) visit(target);
      if (opened.has(target)) lowest = Math.min(lowest, low.get(target) ?? order.get(target)!);
    }
    low.set(name, lowest);
    if (lowest !== order.get(name)) return;
    const component = open.splice(open.lastIndexOf(name));
    for (const member of component) opened.delete(member);
    if (component.length > 1 || targets(name).includes(name)) components.push(component);
  };
  for (const name of members) if (!order.has(name)) visit(name);
  return components;
}

/** Whether one of the node's outputs leads items out of `component`, be it to nowhere. */
function canLeave(node: WorkflowNode, component: ReadonlySet<string>, edges: Edges): boolean {
  if (node.disabled) return false;
  const slots = edges.get(node.name) ?? [];
  const used = slots.filter((slot) => slot.length > 0).length;
  const outputs = OUTPUTS_OF_DECIDING_TYPES[node.type] ?? (used > 1 ? slots.length : 1);
  const staying = slots.filter((slot) => slot.some((target) => component.has(target))).length;
  return outputs > 1 && staying < outputs;
}

/**
 * Throws WORKFLOW_CYCLE (422) naming the nodes of a cycle that nothing in it can end. Where a component has an
 * exit, the rest of it is looked at again without its exits: a smaller cycle inside may have none.
 */
export function refuseEndlessCycles(definition: WorkflowDefinition): void {
  const edges = mainEdges(definition);
  const targets = new Map([...edges].map(([name, slots]) => [name, [...new Set(slots.flat())]]));
  const nodes = new Map(definition.nodes.map((node) => [node.name, node]));
  const open: ReadonlySet<string>[] = [new Set(nodes.keys())];
  for (let members = open.pop(); members; members = open.pop()) {
    for (const cycle of cyclicComponents(members, targets)) {
      const component = new Set(cycle);
      const rest = new Set(cycle.filter((name) => !canLeave(nodes.get(name)!, component, edges)));
      if (rest.size === component.size) throw workflowCycle({ nodes: cycle.slice(0, 20) });
      open.push(rest);
    }
  }
}

/** Nodes that a run can touch: from the starts along `main`, and the sub-nodes that serve those. */
function reachable(definition: WorkflowDefinition, starts: readonly string[]): Set<string> {
  const edges = mainEdges(definition);
  const servants = new Map<string, string[]>();
  for (const [name, types] of Object.entries(definition.connections))
    for (const [type, slots] of Object.entries(types))
      if (type !== 'main') for (const { node } of slots.flat()) servants.set(node, [...(servants.get(node) ?? []), name]);
  const seen = new Set(starts);
  const open = [...starts];
  for (let name = open.pop(); name !== undefined; name = open.pop())
    for (const next of [...(edges.get(name) ?? []).flat(), ...(servants.get(name) ?? [])]) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  return seen;
}

/** What is allowed but probably not meant: no start node, nodes that no start reaches. */
export function graphWarnings(definition: WorkflowDefinition): Warning[] {
  const starts = definition.nodes.filter(isStart).map(({ name }) => name);
  if (starts.length === 0)
    return [{ code: 'NO_START_NODE', nodes: [], message: 'No enabled node can start this workflow by itself. Add a trigger, or name a start node when executing it.' }];
  const seen = reachable(definition, starts);
  const idle = definition.nodes.filter(({ name }) => !seen.has(name)).map(({ name }) => name);
  if (idle.length === 0) return [];
  return [{ code: 'UNREACHABLE_NODE', nodes: idle, message: `No start node leads to ${idle.map((name) => `"${name}"`).join(', ')}; they never run unless a run starts there.` }];
}

/** Node names so that every `main` connection leads forward (Kahn, in file order); undefined when there is a cycle. */
export function topologicalOrder(definition: WorkflowDefinition): string[] | undefined {
  const edges = mainEdges(definition);
  const waitingFor = new Map(definition.nodes.map(({ name }) => [name, 0]));
  for (const target of [...edges.values()].flat(2)) waitingFor.set(target, (waitingFor.get(target) ?? 0) + 1);
  const ready = [...waitingFor.keys()].filter((name) => waitingFor.get(name) === 0);
  for (const name of ready)
    for (const target of (edges.get(name) ?? []).flat()) {
      const left = (waitingFor.get(target) ?? 0) - 1;
      waitingFor.set(target, left);
      if (left === 0) ready.push(target);
    }
  return ready.length === definition.nodes.length ? ready : undefined;
}
