/**
 * Split in Batches ("Loop Over Items"): hands out its items a batch a run, and what came back through the loop at
 * the end. What is left and what came back is kept in the node's context.
 */
import type { Item, PairedItem, SourceLink } from '../sandbox/port.ts';
import type { NodeCall, NodeMemory, NodeType } from './node-type.ts';
import { amount, flag, options } from './parameters.ts';

interface Memory extends Record<string, unknown> {
  readonly items: readonly Item[];
  readonly processedItems: readonly Item[];
  readonly sourceData: readonly (SourceLink | null)[];
  readonly currentRunIndex: number;
  readonly maxRunIndex: number;
  readonly noItemsLeft: boolean;
  readonly done: boolean;
}

/** How a batch, or the end, leaves by the node's outputs. */
type Arrange = (batch: readonly Item[], processed: readonly Item[]) => NodeMemory['outputs'];

function splitInBatches(version: number, batchSize: number, arrange: Arrange): NodeType {
  return {
    types: ['n8n-nodes-base.splitInBatches'],
    versions: [version],
    kind: 'pure',
    resolves: 'first',
    parameters: [amount('batchSize', batchSize), options([flag('reset')])],
    shape: () => ({ outputs: version === 1 ? 1 : 2 }),
    execute(call) {
      const { batch, memory } = nextBatch(call);
      return { outputs: arrange(batch, memory.processedItems), context: memory };
    },
  };
}

export const splitInBatchesV1 = splitInBatches(1, 10, (batch) => (batch.length > 0 ? [batch] : null));
export const splitInBatchesV2 = splitInBatches(2, 10, (batch, processed) => (batch.length > 0 ? [batch, []] : [[], processed]));
export const splitInBatchesV3 = splitInBatches(3, 1, (batch, processed) => (batch.length > 0 ? [[], batch] : [processed, []]));

function nextBatch(call: NodeCall): { batch: readonly Item[]; memory: Memory } {
  const known = call.environment.contexts[call.node.name] as Memory | undefined;
  const parameters = call.at(0);
  const size = Math.max(1, parameters.number('batchSize', 10));
  const before = known === undefined || parameters.flag('options.reset') ? firstRun(call, size) : laterRun(call, known);
  const batch = before.items.slice(0, size);
  const items = before.items.slice(size);
  return { batch: before.currentRunIndex === 0 ? batch : batch.map((item) => linkedTo(item, before.sourceData)), memory: { ...before, items, noItemsLeft: items.length === 0, done: batch.length === 0 } };
}

function firstRun({ inputs, scope }: NodeCall, size: number): Memory {
  const items = inputs[0] ?? [];
  return { items, processedItems: [], sourceData: scope.source, currentRunIndex: 0, maxRunIndex: Math.ceil(items.length / size), noItemsLeft: false, done: false };
}

function laterRun({ inputs, scope }: NodeCall, known: Memory): Memory {
  const returned = (inputs[0] ?? []).map((item, index): Item => ({ ...item, pairedItem: linkTo({ item: index }, scope.source) }));
  return { ...known, processedItems: [...known.processedItems, ...returned], currentRunIndex: known.currentRunIndex + 1 };
}

/** Items of a later batch came in with the first run: their links count from there, not from the run that hands them out. */
function linkedTo(item: Item, source: readonly (SourceLink | null)[]): Item {
  const links = Array.isArray(item.pairedItem) ? item.pairedItem : [item.pairedItem ?? { item: 0 }];
  const linked = links.map((link) => linkTo(typeof link === 'number' ? { item: link } : link, source));
  return { ...item, pairedItem: Array.isArray(item.pairedItem) ? linked : (linked[0] as PairedItem) };
}

function linkTo(link: PairedItem, source: readonly (SourceLink | null)[]): PairedItem {
  const [from] = source;
  return from ? { ...link, sourceOverwrite: from } : link;
}
