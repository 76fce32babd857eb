/**
 * Walks from an input item back to the item of another node that it came from, along `pairedItem` and the
 * recorded sources. The inside of the sandbox only gets the outcome: it never needs all items of all nodes.
 */
import type { NodeRun, PairedItem, Scope, SourceLink } from './port.ts';

/** [run, output, item] of the referenced node; or why there is none, and at which node the way ended. */
export type Pairing = readonly [number, number, number] | { readonly type: PairingFailure; readonly at?: string };

export type PairingFailure = 'paired_item_no_info' | 'paired_item_invalid_info' | 'paired_item_no_connection' | 'paired_item_multiple_matches';

interface Position {
  readonly node: string;
  readonly run: number;
  readonly output: number;
  readonly item: number;
}

/** By input item, for the indexes given, the item of `target` it descends from. */
export function pairingsTo(target: string, scope: Scope, itemIndexes: readonly number[]): Record<number, Pairing> {
  const link = scope.source[scope.expressionInput];
  const trace = tracer(target, scope.runData);
  return Object.fromEntries(itemIndexes.map((item) => [item, link ? trace(origin(link, item)) : { type: 'paired_item_no_connection', at: scope.node.name }]));
}

function origin(link: SourceLink, item: number): Position {
  return { node: link.previousNode, run: link.previousNodeRun, output: link.previousNodeOutput, item };
}

function tracer(target: string, runData: Scope['runData']): (from: Position) => Pairing {
  const known = new Map<string, Pairing>();
  const trace = (from: Position): Pairing => {
    const run = runData[from.node]?.[from.run];
    const item = run?.outputs[from.output]?.[from.item];
    if (run === undefined || item === undefined) return { type: 'paired_item_invalid_info', at: from.node };
    if (from.node === target) return [from.run, from.output, from.item];
    const parents = pairedItems(item.pairedItem);
    if (parents === undefined) return run.source.some(Boolean) ? { type: 'paired_item_no_info', at: from.node } : { type: 'paired_item_no_connection', at: from.node };
    return agreed(parents.map((parent) => follow(parent, run, from.node)));
  };
  const follow = (parent: PairedItem, run: NodeRun, at: string): Pairing => {
    const link = parent.sourceOverwrite ?? run.source[parent.input ?? 0];
    return link ? remembered(origin(link, parent.item)) : { type: run.source.some(Boolean) ? 'paired_item_invalid_info' : 'paired_item_no_connection', at };
  };
  const remembered = (from: Position): Pairing => {
    const key = JSON.stringify([from.node, from.run, from.output, from.item]);
    const before = known.get(key);
    if (before !== undefined) return before;
    // Stands while its own ancestors are walked: data that points in a circle ends here instead of never.
    known.set(key, { type: 'paired_item_invalid_info', at: from.node });
    const found = trace(from);
    known.set(key, found);
    return found;
  };
  return remembered;
}

function pairedItems(given: PairedItem | number | readonly (PairedItem | number)[] | undefined): PairedItem[] | undefined {
  if (given === undefined || given === null) return undefined;
  const list = Array.isArray(given) ? (given as (PairedItem | number)[]) : [given as PairedItem | number];
  return list.length === 0 ? undefined : list.map((entry) => (typeof entry === 'number' ? { item: entry } : entry));
}

/** Several parents are fine as long as they lead to one item. A way that ends nowhere does not spoil one that arrives. */
function agreed(pairings: readonly Pairing[]): Pairing {
  const arrived = new Map<string, Pairing>();
  for (const pairing of pairings) if (isFound(pairing)) arrived.set(pairing.join(), pairing);
  const ambiguous = pairings.find((pairing) => !isFound(pairing) && pairing.type === 'paired_item_multiple_matches');
  if (arrived.size > 1 || ambiguous !== undefined) return ambiguous ?? { type: 'paired_item_multiple_matches' };
  return [...arrived.values()][0] ?? pairings.find((pairing) => !isFound(pairing) && pairing.type !== 'paired_item_no_connection') ?? pairings[0] ?? { type: 'paired_item_no_info' };
}

function isFound(pairing: Pairing): pairing is readonly [number, number, number] {
  return Array.isArray(pairing);
}

/** The output of `target` through which its items come here, by the shortest way; 0 when there is none. */
export function branchLeadingHere(target: string, scope: Pick<Scope, 'connections' | 'node'>): number {
  const seen = new Set<string>();
  let level = [scope.node.name];
  while (level.length > 0) {
    const parents = level.flatMap((node) => mainParents(node, scope.connections));
    const direct = parents.find(({ node }) => node === target);
    if (direct !== undefined) return direct.output;
    level = [...new Set(parents.map(({ node }) => node))].filter((node) => !seen.has(node) && seen.add(node));
  }
  return 0;
}

function mainParents(child: string, connections: Scope['connections']): { node: string; output: number }[] {
  return Object.entries(connections).flatMap(([node, byType]) =>
    (byType['main'] ?? []).flatMap((links, output) => ((links ?? []).some((link) => link.node === child) ? [{ node, output }] : [])),
  );
}
