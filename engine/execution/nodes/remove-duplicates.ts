/** Remove Duplicates: of items with equal fields only the first stays. */
import type { Item } from '../sandbox/port.ts';
import { NodeFault } from './fault.ts';
import type { NodeType } from './node-type.ts';
import { anything, choice, flag, options, text, type Parameter } from './parameters.ts';
import { fieldNames, getPath, setPath } from './paths.ts';
import type { Values } from './values.ts';

export const duplicateParameters: readonly Parameter[] = [
  choice('compare', 'allFields', ['allFields', 'allFieldsExcept', 'selectedFields']),
  text('fieldsToExclude', '', { show: { compare: ['allFieldsExcept'] } }),
  text('fieldsToCompare', '', { show: { compare: ['selectedFields'] } }),
  options([flag('disableDotNotation'), flag('removeOtherFields')]),
];

export const removeDuplicates: NodeType = {
  types: ['n8n-nodes-base.removeDuplicates'],
  versions: [1, 1.1],
  kind: 'pure',
  resolves: 'first',
  parameters: duplicateParameters,
  execute: (call) => [withoutDuplicates(call.inputs[0] ?? [], call.at(0), call.node.typeVersion)],
};

export const removeDuplicatesV2: NodeType = {
  ...removeDuplicates,
  versions: [2],
  parameters: [
    choice('operation', 'removeDuplicateInputItems', ['removeDuplicateInputItems', 'removeItemsSeenInPreviousExecutions', 'clearDeduplicationHistory']),
    ...duplicateParameters,
    anything('logic', 'removeItemsWithAlreadySeenKeyValues'),
    anything('dedupeValue', ''),
    anything('incrementalDedupeValue', ''),
    anything('dateDedupeValue', ''),
  ],
  execute(call) {
    const parameters = call.at(0);
    if (parameters.text('operation') === 'removeDuplicateInputItems') return [withoutDuplicates(call.inputs[0] ?? [], parameters, 2)];
    throw new NodeFault('Comparing with previous executions is not supported: it needs a memory across executions. Compare within the input items, or keep seen keys in workflow static data with a Code node.');
  },
};

export function withoutDuplicates(items: readonly Item[], parameters: Values, version: number): readonly Item[] {
  const dots = !parameters.flag('options.disableDotNotation');
  const keys = comparedKeys(items, parameters, dots);
  const read = (item: Item, key: string) => (dots ? getPath(item.json, key) : item.json[key]);
  if (version < 1.1) requireOneType(items, keys, read);
  const seen = new Set<string>();
  const kept = items.filter((item) => {
    const likeness = JSON.stringify(keys.map((key) => ordered(read(item, key))));
    return !seen.has(likeness) && seen.add(likeness);
  });
  if (!parameters.flag('options.removeOtherFields')) return kept;
  return kept.map((item, index) => ({ json: picked(item.json, keys, dots), pairedItem: { item: index } }));
}

function comparedKeys(items: readonly Item[], parameters: Values, dots: boolean): string[] {
  const all = [...new Set(items.flatMap((item) => (dots ? leafPaths(item.json) : Object.keys(item.json))))];
  const compare = parameters.text('compare', 'allFields');
  if (compare === 'allFields') return all;
  const names = fieldNames(parameters.raw(compare === 'selectedFields' ? 'fieldsToCompare' : 'fieldsToExclude'));
  if (names.length === 0) throw new NodeFault('No fields specified', { description: compare === 'selectedFields' ? 'Please add a field to compare on' : 'Please add a field to exclude from comparison' });
  return compare === 'selectedFields' ? names : all.filter((key) => !names.some((name) => key === name || (dots && key.startsWith(`${name}.`))));
}

function leafPaths(value: Record<string, unknown>, prefix = ''): string[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = prefix ? `${prefix}.${name}` : name;
    return typeof inner === 'object' && inner !== null && !Array.isArray(inner) && Object.keys(inner).length > 0 ? leafPaths(inner as Record<string, unknown>, path) : [path];
  });
}

function requireOneType(items: readonly Item[], keys: readonly string[], read: (item: Item, key: string) => unknown): void {
  for (const key of keys) {
    const types = new Set(items.map((item) => read(item, key)).filter((value) => value !== undefined).map((value) => typeof value));
    if (types.size > 1) throw new NodeFault(`'${key}' isn't always the same type`, { description: 'The type of this field varies between items' });
    if (items.some((item) => read(item, key) === undefined)) throw new NodeFault(`'${key}' field is missing from some input items`);
  }
}

/** Objects with the same fields are equal whatever the fields' order. */
function ordered(value: unknown): unknown {
  if (value === undefined) return { undefined: true };
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, ordered(inner)]);
}

function picked(json: Record<string, unknown>, keys: readonly string[], dots: boolean): Record<string, unknown> {
  const rest: Record<string, unknown> = {};
  for (const key of keys) {
    const value = dots ? getPath(json, key) : json[key];
    if (value === undefined) continue;
    if (dots) setPath(rest, key, value);
    else rest[key] = value;
  }
  return rest;
}
