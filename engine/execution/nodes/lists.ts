/** Limit, Sort and Rename Keys: whole lists in, whole lists out. */
import type { Item } from '../sandbox/port.ts';
import { faultFrom, NodeFault } from './fault.ts';
import type { NodeCall, NodeType } from './node-type.ts';
import { amount, choice, code, flag, lists, options, text } from './parameters.ts';
import { copy, getPath, hasPath, setPath, unsetPath } from './paths.ts';
import { regexFrom, replaced } from './regex.ts';
import { seededRandom } from './seeded-random.ts';
import type { Values } from './values.ts';

export const wholeList = { versions: [1], kind: 'pure', resolves: 'first' } as const;

export const limit: NodeType = {
  ...wholeList,
  types: ['n8n-nodes-base.limit'],
  parameters: [amount('maxItems', 1), choice('keep', 'firstItems', ['firstItems', 'lastItems'])],
  execute: (call) => [limited(call.inputs[0] ?? [], call.at(0))],
};

export function limited(items: readonly Item[], parameters: Values): readonly Item[] {
  const most = parameters.number('maxItems', 1);
  if (most >= items.length) return items;
  return parameters.text('keep') === 'lastItems' ? items.slice(items.length - most) : items.slice(0, most);
}

export const sort: NodeType = {
  ...wholeList,
  types: ['n8n-nodes-base.sort'],
  parameters: [
    choice('type', 'simple', ['simple', 'random', 'code']),
    lists('sortFieldsUi', { sortField: [text('fieldName', '', { required: true }), choice('order', 'ascending', ['ascending', 'descending'])] }, { show: { type: ['simple'] } }),
    code('code', { show: { type: ['code'] } }),
    options([flag('disableDotNotation')], { show: { type: ['simple'] } }),
  ],
  execute: async (call) => [await sorted(call, call.at(0))],
};

export async function sorted(call: NodeCall, parameters: Values): Promise<readonly Item[]> {
  const items = call.inputs[0] ?? [];
  const type = parameters.text('type', 'simple');
  if (type === 'random') return shuffled(items, call.environment.idempotencyKey);
  if (type === 'code') return sortedByCode(call, parameters.text('code'));
  const fields = parameters.list<SortField>('sortFieldsUi.sortField');
  if (fields.length === 0) throw new NodeFault('No sorting specified. Please add a field to sort by');
  const dots = !parameters.flag('options.disableDotNotation');
  for (const { fieldName } of fields)
    if (!items.some((item) => (dots ? hasPath(item.json, fieldName) : Object.hasOwn(item.json, fieldName)))) throw new NodeFault(`Couldn't find the field '${fieldName}' in the input data`);
  return items.toSorted((a, b) => compareByFields(a, b, { fields, dots }));
}

interface SortField {
  readonly fieldName: string;
  readonly order: 'ascending' | 'descending';
}

function compareByFields(a: Item, b: Item, { fields, dots }: { fields: readonly SortField[]; dots: boolean }): number {
  for (const { fieldName, order } of fields) {
    const [left, right] = [a, b].map((item) => folded(dots ? getPath(item.json, fieldName) : item.json[fieldName])) as [never, never];
    if (JSON.stringify(left) === JSON.stringify(right)) continue;
    const ascending = left < right ? -1 : 1;
    return order === 'descending' ? -ascending : ascending;
  }
  return 0;
}

const folded = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : value);

/** The same step shuffles the same way when it is computed again. */
function shuffled(items: readonly Item[], seed: string): Item[] {
  const random = seededRandom(seed);
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as Item, result[last] as Item];
  }
  return result;
}

/** The user's comparison runs in the sandbox, over positions, so that the items themselves stay untouched. */
async function sortedByCode(call: NodeCall, comparison: string): Promise<readonly Item[]> {
  const items = call.inputs[0] ?? [];
  if (!/\breturn\b/.test(comparison)) throw new NodeFault("Sort code doesn't return. Please add a 'return' statement to your code");
  const source = `const list = $input.all(); return list.map((_, index) => index).sort((left, right) => { const a = list[left]; const b = list[right]; return ((a, b) => {${comparison}\n})(a, b); });`;
  const { results } = await call.services.sandbox.runCode({ source, mode: 'allItems', scope: call.scope, itemIndexes: [0] });
  const [result] = results;
  if (!result?.ok) throw result ? faultFrom(result.error) : new NodeFault('The sort code gave no answer');
  return (result.value as number[]).map((index) => items[index] as Item);
}

export const renameKeys: NodeType = {
  types: ['n8n-nodes-base.renameKeys'],
  versions: [1],
  kind: 'pure',
  resolves: 'each',
  parameters: [
    lists('keys', { key: [text('currentKey'), text('newKey')] }),
    options(
      [lists('regexReplacement', { replacements: [text('searchRegex'), text('replaceRegex'), options([flag('caseInsensitive'), amount('depth', -1)])] })],
      { name: 'additionalOptions' },
    ),
  ],
  execute: (call) => [call.items.map((item, index) => ({ ...item, json: renamed(item, call.at(index)), pairedItem: { item: index } }))],
};

function renamed(item: Item, parameters: Values): Record<string, unknown> {
  const json = copy(item.json);
  for (const { currentKey, newKey } of parameters.list<{ currentKey: string; newKey: string }>('keys.key')) {
    if (!currentKey || !newKey || currentKey === newKey || !hasPath(json, currentKey)) continue;
    const value = getPath(json, currentKey);
    unsetPath(json, currentKey);
    setPath(json, newKey, value);
  }
  const replacements = parameters.list<Replacement>('additionalOptions.regexReplacement.replacements');
  return replacements.reduce((renamedSoFar, replacement) => replaceKeys(renamedSoFar, replacement, 0) as Record<string, unknown>, json);
}

interface Replacement {
  readonly searchRegex: string;
  readonly replaceRegex: string;
  readonly options?: { readonly caseInsensitive?: boolean; readonly depth?: number };
}

/** Keys down to `depth`; -1 means all the way. */
function replaceKeys(value: unknown, replacement: Replacement, depth: number): unknown {
  const { searchRegex, replaceRegex, options: { caseInsensitive = false, depth: deepest = -1 } = {} } = replacement;
  if (typeof value !== 'object' || value === null || (deepest >= 0 && depth > deepest)) return value;
  if (Array.isArray(value)) return value.map((one) => replaceKeys(one, replacement, depth + 1));
  const pattern = new RegExp(regexFrom(searchRegex).source, caseInsensitive ? 'gi' : 'g');
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [replaced(pattern, key, replaceRegex), replaceKeys(inner, replacement, depth + 1)]));
}
