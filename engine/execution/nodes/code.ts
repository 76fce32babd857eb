/** Code, Function and Function Item: the user's JavaScript, run in the sandbox; its answers are checked and wrapped here. */
import type { Item, Resolved } from '../sandbox/port.ts';
import { faultFrom, NodeFault } from './fault.ts';
import type { NodeCall, NodeMemory, NodeType } from './node-type.ts';
import { choice, code } from './parameters.ts';

type Mode = 'allItems' | 'eachItem';

export const codeNode: NodeType = {
  types: ['n8n-nodes-base.code'],
  versions: [1, 2],
  kind: 'pure',
  resolves: 'first',
  parameters: [choice('mode', 'runOnceForAllItems', ['runOnceForAllItems', 'runOnceForEachItem']), choice('language', 'javaScript', ['javaScript', 'python', 'pythonNative']), code('jsCode'), code('pythonCode')],
  execute(call) {
    const parameters = call.at(0);
    if (parameters.text('language') !== 'javaScript') throw new NodeFault('Python code is not supported; write the node in JavaScript.');
    const each = parameters.text('mode') === 'runOnceForEachItem';
    return run(call, { source: parameters.text('jsCode'), mode: each ? 'eachItem' : 'allItems', read: each ? readOne : readAll });
  },
};

export const functionNode: NodeType = {
  types: ['n8n-nodes-base.function'],
  versions: [1],
  kind: 'pure',
  resolves: 'first',
  parameters: [{ ...code('functionCode'), default: 'return items;' }],
  execute: (call) => run(call, { source: `return await (async () => {${call.at(0).text('functionCode')}\n})();`, mode: 'allItems', read: readLegacyList }),
};

export const functionItem: NodeType = {
  ...functionNode,
  types: ['n8n-nodes-base.functionItem'],
  parameters: [{ ...code('functionCode'), default: 'return item;' }],
  execute: (call) =>
    run(call, { source: `return await (async (item) => {${call.at(0).text('functionCode')}\n})(JSON.parse(JSON.stringify($json)));`, mode: 'eachItem', read: readLegacyItem }),
};

interface Program {
  readonly source: string;
  readonly mode: Mode;
  /** Checks one answer; `index` is the item's, where the code ran for one. */
  readonly read: (answer: unknown, index: number, input: Item | undefined) => readonly Item[];
}

async function run(call: NodeCall, { source, mode, read }: Program): Promise<NodeMemory> {
  const { scope, items, services, node } = call;
  const itemIndexes = mode === 'eachItem' ? items.map((_, index) => index) : [0];
  const { results, console, staticData } = await services.sandbox.runCode({ source, mode, scope, itemIndexes });
  if (console.length > 0) services.log.debug({ node: node.name, executionId: scope.execution.id, lines: console }, 'console output of a code node');
  const answered = results.flatMap((result, index) => answerOf(result, () => read(result.ok ? result.value : undefined, index, items[index]), { index, mode, continues: call.continues }));
  return { outputs: [answered], ...(JSON.stringify(staticData) !== JSON.stringify(scope.staticData) && { staticData }) };
}

function answerOf(result: Resolved, read: () => readonly Item[], place: { index: number; mode: Mode; continues: boolean }): readonly Item[] {
  try {
    if (result.ok) return read();
    throw faultFrom(result.error);
  } catch (error) {
    if (!place.continues || !(error instanceof NodeFault)) throw error;
    return [{ json: { error: error.message }, ...(place.mode === 'eachItem' && { pairedItem: { item: place.index } }) }];
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names that an item itself may have, beside which there must be no others. */
const itemKeys = new Set(['json', 'binary', 'pairedItem', 'error', 'index']);
const looksLikeItem = (value: Record<string, unknown>) => Object.keys(value).some((key) => itemKeys.has(key));

function readAll(answer: unknown): readonly Item[] {
  if (!Array.isArray(answer)) {
    if (!isObject(answer)) throw new NodeFault("Code doesn't return items properly", { description: 'Please return an array of objects, one for each item you would like to output.' });
    return [asItem(answer, 0)];
  }
  const wrapped = answer.some((one) => isObject(one) && looksLikeItem(one));
  return answer.map((one, index) => {
    if (!isObject(one)) throw new NodeFault("Code doesn't return items properly", { description: 'Please return an array of objects, one for each item you would like to output.' });
    return asItem(one, index, wrapped);
  });
}

/** Nothing returned for an item drops it. */
function readOne(answer: unknown, index: number): readonly Item[] {
  if (answer === undefined || answer === null || answer === false) return [];
  if (Array.isArray(answer))
    throw new NodeFault("Code doesn't return a single object", { description: "An array was returned. If you need to output multiple items, please use the 'Run Once for All Items' mode instead.", context: { itemIndex: index } });
  if (!isObject(answer)) throw new NodeFault("Code doesn't return an object", { description: `Please return an object representing the output item. ('${String(answer)}' was returned instead.)`, context: { itemIndex: index } });
  return [{ ...asItem(answer, index), pairedItem: { item: index } }];
}

function asItem(value: Record<string, unknown>, index: number, wrapped = looksLikeItem(value)): Item {
  if (!wrapped) return { json: value };
  for (const key of Object.keys(value))
    if (!itemKeys.has(key)) throw new NodeFault(`Unknown top-level item key: ${key} [item ${index}]`, { description: 'Access the properties of an item under `.json`, e.g. `item.json`', context: { itemIndex: index } });
  if (value['json'] !== undefined && !isObject(value['json'])) throw new NodeFault(`A 'json' property isn't an object [item ${index}]`, { description: "In the returned data, every key named 'json' must point to an object.", context: { itemIndex: index } });
  if (value['binary'] !== undefined && !isObject(value['binary'])) throw new NodeFault(`A 'binary' property isn't an object [item ${index}]`, { description: "In the returned data, every key named 'binary' must point to an object.", context: { itemIndex: index } });
  return { json: {}, ...value } as Item;
}

/** Plain objects are wrapped; a single one counts as a list of one. Unlike Code, a list may stand as an item's json: public workflows live on it. */
function readLegacyList(answer: unknown): readonly Item[] {
  if (answer === undefined || answer === null) throw new NodeFault('No data got returned. Always return an Array of items!');
  const list: unknown[] = Array.isArray(answer) ? answer : [answer];
  if (!list.every(isObject)) throw new NodeFault('Always an Array of items has to be returned!');
  const wrapped = list.filter((item) => item['json'] !== undefined).length;
  if (wrapped === 0) return list.map((json) => ({ json }));
  if (wrapped < list.length) throw new NodeFault('Inconsistent item format');
  return list.map((item) => (isObject(item['json']) || Array.isArray(item['json']) ? (item as unknown as Item) : fail('The json-property has to be an object!')));
}

function fail(message: string): never {
  throw new NodeFault(message);
}

function readLegacyItem(answer: unknown, index: number, input: Item | undefined): readonly Item[] {
  if (answer === undefined || answer === null) throw new NodeFault('No data got returned. Always return an object!', { context: { itemIndex: index } });
  if (!isObject(answer)) throw new NodeFault('The returned data has to be an object!', { context: { itemIndex: index } });
  return [{ json: answer, ...(input?.binary && { binary: input.binary }), pairedItem: { item: index } }];
}
