/**
 * The workflow as a graph of its `main` connections. Other connection types (`ai_*`) tie sub-nodes to their
 * root node and are never scheduled. Targets that name no node are dropped: real exports contain them.
 */
import type { WorkflowDefinition, WorkflowNode } from '../../workflows/index.ts';

export interface Edge {
  readonly from: string;
  readonly output: number;
  readonly to: string;
  readonly input: number;
}

export interface Graph {
  node(name: string): WorkflowNode | undefined;
  /** By output, in the order of the file. */
  outgoing(name: string): readonly (readonly Edge[])[];
  /** By input; the length is the highest connected input plus one. */
  incoming(name: string): readonly (readonly Edge[])[];
  /** Every node from which data can reach this one, the nearest first and each after the nodes it feeds. */
  ancestors(name: string): readonly string[];
  /** Whether data can reach the input from an enabled node; an input fed by disabled nodes alone cannot be waited for. */
  isFed(name: string, input: number): boolean;
}

export function buildGraph({ nodes, connections }: WorkflowDefinition): Graph {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const edges = [...byName.keys()].flatMap((from) =>
    (Object.hasOwn(connections, from) ? (connections[from]?.['main'] ?? []) : []).flatMap((targets, output) =>
      targets.filter(({ node }) => byName.has(node)).map(({ node, index }): Edge => ({ from, output, to: node, input: index ?? 0 })),
    ),
  );
  const outgoing = grouped(edges, 'from', 'output');
  const incoming = grouped(edges, 'to', 'input');
  const graph: Graph = {
    node: (name) => byName.get(name),
    outgoing: (name) => outgoing.get(name) ?? [],
    incoming: (name) => incoming.get(name) ?? [],
    ancestors: (name) => ancestorsOf(graph, name),
    isFed: (name, input) => isFed(graph, name, input),
  };
  return graph;
}

function grouped(edges: readonly Edge[], key: 'from' | 'to', slot: 'output' | 'input'): Map<string, Edge[][]> {
  const groups = new Map<string, Edge[][]>();
  for (const edge of edges) {
    const slots = groups.get(edge[key]) ?? [];
    groups.set(edge[key], slots);
    while (slots.length <= edge[slot]) slots.push([]);
    slots[edge[slot]]?.push(edge);
  }
  return groups;
}

/** Depth first with the last connection first, each node after its own parents; reversed that is "nearest first". */
function ancestorsOf(graph: Graph, name: string): string[] {
  const seen = new Set([name]);
  const farthestFirst: string[] = [];
  const visit = (child: string) => {
    for (const { from } of graph.incoming(child).flat().toReversed()) {
      if (seen.has(from)) continue;
      seen.add(from);
      visit(from);
      farthestFirst.push(from);
    }
  };
  visit(name);
  return farthestFirst.reverse();
}

function isFed(graph: Graph, name: string, input: number, seen = new Set<string>()): boolean {
  return (graph.incoming(name)[input] ?? []).some(({ from }) => {
    if (seen.has(from)) return false;
    seen.add(from);
    if (!graph.node(from)?.disabled) return true;
    return graph.incoming(from).some((_, parentInput) => isFed(graph, from, parentInput, seen));
  });
}
