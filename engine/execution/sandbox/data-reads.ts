import type { AnyNode, Program } from 'acorn';
import { children, type FreeName } from './lexical-scopes.ts';

/**
 * What a piece of user code reads of the workflow's data, as far as its text tells. It decides what is sent
 * along at first; whatever the text hides (`$('No' + 'de')`) is asked for when it is reached.
 */
export interface DataReads {
  /** Free names: `$json`, `$input`, ... */
  readonly names: ReadonlySet<string>;
  /** Nodes named in `$('X')`, `$items('X')`, `$node['X']`, `$node.X`. */
  readonly nodes: ReadonlySet<string>;
  /** Whether paired items of those nodes are followed. */
  readonly pairing: boolean;
}

const PAIRING_PROPERTIES = new Set(['item', 'pairedItem', 'itemMatching']);

export const noReads: DataReads = { names: new Set(), nodes: new Set(), pairing: false };

export function readsOf(tree: Program, free: readonly FreeName[]): DataReads {
  const nodes = new Set<string>();
  let pairing = false;
  const names = new Set(free.map(({ node }) => node.name));
  const visit = (node: AnyNode): void => {
    // `this` is the data object itself: through it any name may be read.
    if (node.type === 'ThisExpression') names.add('this');
    const named = nodeNamedBy(node);
    if (named !== undefined) nodes.add(named);
    if (node.type === 'MemberExpression') pairing ||= PAIRING_PROPERTIES.has(staticKey(node.property, node.computed) ?? '');
    for (const child of children(node)) visit(child);
  };
  visit(tree);
  return { names, nodes, pairing };
}

export function unitedReads(all: Iterable<DataReads>): DataReads {
  const names = new Set<string>();
  const nodes = new Set<string>();
  let pairing = false;
  for (const reads of all) {
    for (const name of reads.names) names.add(name);
    for (const node of reads.nodes) nodes.add(node);
    pairing ||= reads.pairing;
  }
  return { names, nodes, pairing };
}

function nodeNamedBy(node: AnyNode): string | undefined {
  if (node.type === 'CallExpression' && node.callee.type === 'Identifier' && (node.callee.name === '$' || node.callee.name === '$items'))
    return node.arguments[0] && staticKey(node.arguments[0], true);
  if (node.type === 'MemberExpression' && node.object.type === 'Identifier' && node.object.name === '$node') return staticKey(node.property, node.computed);
  return undefined;
}

/** A property or argument as far as it is written down: a name, a literal or a template without gaps. */
function staticKey(node: AnyNode, computed: boolean): string | undefined {
  if (node.type === 'Identifier') return computed ? undefined : node.name;
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}
