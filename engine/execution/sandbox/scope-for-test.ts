import type { Item, NodeRun, Scope } from './port.ts';

type Named = Scope['nodes'][number];

export const namedNode = (name: string, parameters: Record<string, unknown> = {}): Named => ({ name, type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters, disabled: false });
export const itemsOf = (...json: Record<string, unknown>[]): Item[] => json.map((one) => ({ json: one }));
export const ranWith = (items: readonly Item[], more: Partial<NodeRun> = {}): NodeRun => ({ outputs: [items], source: [], ...more });
export const linkTo = (...nodes: string[]) => ({ main: [nodes.map((node) => ({ node, type: 'main', index: 0 }))] });
export const from = (previousNode: string, output = 0, run = 0) => ({ previousNode, previousNodeOutput: output, previousNodeRun: run });

/** Node 'Here' with `items` from its only parent 'Start'; a scope states what differs. */
export function scopeWith(items: readonly Item[], different: Partial<Scope> = {}): Scope {
  return {
    workflow: { id: 'workflow-1', name: 'Orders', active: true }, execution: { id: 'execution-1', mode: 'production' },
    node: { name: 'Here', type: 'n8n-nodes-base.set', typeVersion: 3.4, id: 'node-1' },
    nodes: [namedNode('Start'), namedNode('Here')], connections: { Start: linkTo('Here') },
    runData: { Start: [ranWith(items)] }, inputs: [items], source: [from('Start')], runIndex: 0,
    now: Date.UTC(2026, 2, 14, 15, 9, 26), timezone: 'America/New_York', contexts: {}, staticData: {}, expressionInput: 0,
    ...different,
  };
}
