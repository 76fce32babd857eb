/** Split Out: one item for each element of a list inside an item. */
import type { Item } from '../sandbox/port.ts';
import { NodeFault } from './fault.ts';
import type { NodeType } from './node-type.ts';
import { choice, flag, options, text } from './parameters.ts';
import { copy, fieldNames, getPath, unsetPath } from './paths.ts';
import type { Values } from './values.ts';

export const splitOut: NodeType = {
  types: ['n8n-nodes-base.splitOut'],
  versions: [1],
  kind: 'pure',
  resolves: 'each',
  parameters: [
    text('fieldToSplitOut', '', { required: true }),
    choice('include', 'noOtherFields', ['noOtherFields', 'allOtherFields', 'selectedOtherFields']),
    text('fieldsToInclude', '', { show: { include: ['selectedOtherFields'] } }),
    options([flag('disableDotNotation'), text('destinationFieldName'), flag('includeBinary')]),
  ],
  execute: (call) => [call.items.flatMap((item, index) => splitItem(item, index, splittingOf(call.at(index))))],
};

export interface Splitting {
  readonly fields: readonly string[];
  readonly destinations: readonly string[];
  readonly include: string;
  readonly fieldsToInclude: readonly string[];
  readonly dots: boolean;
  readonly includeBinary: boolean;
}

function splittingOf(parameters: Values): Splitting {
  return {
    fields: fieldNames(parameters.raw('fieldToSplitOut')).map((name) => name.replace(/^\$json\./, '')),
    destinations: fieldNames(parameters.raw('options.destinationFieldName')),
    include: parameters.text('include'),
    fieldsToInclude: fieldNames(parameters.raw('fieldsToInclude')),
    dots: !parameters.flag('options.disableDotNotation'),
    includeBinary: parameters.flag('options.includeBinary'),
  };
}

export function splitItem(item: Item, index: number, splitting: Splitting): Item[] {
  const { fields, destinations, include, fieldsToInclude } = splitting;
  if (destinations.length > 0 && destinations.length !== fields.length)
    throw new NodeFault('If multiple fields to split out are given, the same number of destination fields must be given');
  if (include === 'selectedOtherFields' && fieldsToInclude.length === 0) throw new NodeFault('No fields specified', { description: 'Please add a field to include' });
  const rows: Item[] = [];
  for (const [position, field] of fields.entries()) addColumn(rows, elementsOf(item, field, splitting.dots), { field, destination: destinations[position] ?? '', splitting });
  return rows.map((row) => complete(row, item, { index, splitting }));
}

function elementsOf(item: Item, field: string, dots: boolean): unknown[] {
  if (field === '$binary') return Object.entries(item.binary ?? {}).map(([name, value]) => ({ [name]: value }));
  const value = dots ? getPath(item.json, field) : item.json[field];
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null) return [value];
  return Array.isArray(value) ? value : Object.values(value);
}

function addColumn(rows: Item[], elements: readonly unknown[], { field, destination, splitting }: { field: string; destination: string; splitting: Splitting }): void {
  const spread = splitting.include === 'noOtherFields' && destination === '' && splitting.fields.length === 1;
  for (const [position, element] of elements.entries()) {
    const row = (rows[position] ??= { json: {} });
    if (field === '$binary') row.binary = element as Item['binary'] & object;
    else if (spread && typeof element === 'object' && element !== null) Object.assign(row.json, element);
    else row.json[destination || field] = element;
  }
}

function complete(row: Item, item: Item, { index, splitting }: { index: number; splitting: Splitting }): Item {
  const { include, fieldsToInclude, dots, includeBinary, fields } = splitting;
  const others: Record<string, unknown> = include === 'allOtherFields' ? copy(item.json) : {};
  if (include === 'allOtherFields') for (const field of fields) if (dots) unsetPath(others, field); else delete others[field];
  const selected = include === 'selectedOtherFields' ? Object.fromEntries(fieldsToInclude.map((name) => [name, dots ? getPath(item.json, name) : item.json[name]])) : {};
  const binary = row.binary ?? (includeBinary ? item.binary : undefined);
  const json = include === 'selectedOtherFields' ? { ...row.json, ...selected } : { ...others, ...row.json };
  return { json, ...(binary && { binary }), pairedItem: { item: index } };
}
