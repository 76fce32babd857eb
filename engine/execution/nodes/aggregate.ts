/** Aggregate: many items become one, whose fields are lists. */
import type { BinaryValue, Item } from '../sandbox/port.ts';
import { NodeFault } from './fault.ts';
import { wholeList } from './lists.ts';
import type { NodeType } from './node-type.ts';
import { choice, flag, lists, options, text } from './parameters.ts';
import { fieldNames, getPath, setPath } from './paths.ts';
import type { Values } from './values.ts';

export const aggregate: NodeType = {
  ...wholeList,
  types: ['n8n-nodes-base.aggregate'],
  parameters: [
    choice('aggregate', 'aggregateIndividualFields', ['aggregateIndividualFields', 'aggregateAllItemData']),
    lists(
      'fieldsToAggregate',
      { fieldToAggregate: [text('fieldToAggregate'), flag('renameField'), text('outputFieldName', '', { show: { renameField: [true] } })] },
      { default: { fieldToAggregate: [{ fieldToAggregate: '', renameField: false }] }, show: { aggregate: ['aggregateIndividualFields'] } },
    ),
    text('destinationFieldName', 'data', { show: { aggregate: ['aggregateAllItemData'] } }),
    choice('include', 'allFields', ['allFields', 'specifiedFields', 'allFieldsExcept'], { show: { aggregate: ['aggregateAllItemData'] } }),
    text('fieldsToExclude', '', { show: { aggregate: ['aggregateAllItemData'], include: ['allFieldsExcept'] } }),
    text('fieldsToInclude', '', { show: { aggregate: ['aggregateAllItemData'], include: ['specifiedFields'] } }),
    options([flag('disableDotNotation'), flag('mergeLists'), flag('includeBinaries'), flag('keepOnlyUnique'), flag('keepMissing')]),
  ],
  execute(call) {
    const items = call.inputs[0] ?? [];
    const parameters = call.at(0);
    const individual = parameters.text('aggregate') === 'aggregateIndividualFields';
    const [json, sources] = individual ? [aggregateFields(items, aggregationOf(parameters)), items.map((_, index) => index)] : wholeData(items, parameters);
    const binary = parameters.flag('options.includeBinaries') ? gatherBinaries(items, parameters.flag('options.keepOnlyUnique')) : undefined;
    return [[{ json, ...(binary && { binary }), pairedItem: sources.map((item) => ({ item })) }]];
  },
};

export interface Aggregation {
  readonly fields: readonly { readonly field: string; readonly output: string }[];
  readonly dots: boolean;
  readonly mergeLists: boolean;
  readonly keepMissing: boolean;
}

export interface AggregatedField {
  readonly fieldToAggregate: string;
  readonly renameField: boolean;
  readonly outputFieldName?: string;
}

function aggregationOf(parameters: Values): Aggregation {
  const dots = !parameters.flag('options.disableDotNotation');
  return {
    fields: aggregatedFields(parameters.list<AggregatedField>('fieldsToAggregate.fieldToAggregate'), dots),
    dots,
    mergeLists: parameters.flag('options.mergeLists'),
    keepMissing: parameters.flag('options.keepMissing'),
  };
}

export function aggregatedFields(list: readonly AggregatedField[], dots: boolean): Aggregation['fields'] {
  if (list.length === 0) throw new NodeFault('No fields specified', { description: 'Please add a field to aggregate' });
  const taken = new Set<string>();
  return list.map(({ fieldToAggregate, renameField, outputFieldName }) => {
    const named = renameField ? (outputFieldName ?? '') : fieldToAggregate;
    if (taken.has(named)) throw new NodeFault(`The '${named}' output field is used more than once`, { description: 'Please make sure each output field name is unique' });
    taken.add(named);
    const short = dots && fieldToAggregate.includes('.') ? (fieldToAggregate.split('.').pop() as string) : fieldToAggregate;
    return { field: fieldToAggregate, output: outputFieldName || short };
  });
}

export function aggregateFields(items: readonly Item[], { fields, dots, mergeLists, keepMissing }: Aggregation): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  for (const { field, output } of fields.filter((one) => one.field !== '')) {
    const values: unknown[] = [];
    for (const item of items) {
      const value = dots ? getPath(item.json, field) : item.json[field];
      if (!keepMissing && (value === null || value === undefined)) continue;
      const kept = Array.isArray(value) && !keepMissing ? value.filter((one) => one !== null) : value;
      if (Array.isArray(kept) && mergeLists) values.push(...kept);
      else values.push(kept ?? null);
    }
    if (dots) setPath(json, output, values);
    else json[output] = values;
  }
  return json;
}

function wholeData(items: readonly Item[], parameters: Values): [Record<string, unknown>, number[]] {
  const include = parameters.text('include', 'allFields');
  const names = fieldNames(parameters.raw(include === 'specifiedFields' ? 'fieldsToInclude' : 'fieldsToExclude'));
  const kept = items.map(({ json }, index) => ({ json: selectFields(json, include, names), index })).filter(({ json }) => include === 'allFields' || Object.keys(json).length > 0);
  const destination = parameters.text('destinationFieldName', 'data');
  if (destination === '') throw new NodeFault('No output field name specified');
  return [{ [destination]: kept.map(({ json }) => json) }, kept.map(({ index }) => index)];
}

export function selectFields(json: Record<string, unknown>, include: string, names: readonly string[]): Record<string, unknown> {
  if (include === 'allFields') return json;
  if (include === 'specifiedFields') return Object.fromEntries(names.filter((name) => Object.hasOwn(json, name)).map((name) => [name, json[name]]));
  return Object.fromEntries(Object.entries(json).filter(([name]) => !names.includes(name)));
}

/** All binaries under their own names, with a number behind those that are taken. */
export function gatherBinaries(items: readonly Item[], onlyUnique: boolean): Record<string, BinaryValue> | undefined {
  const gathered: Record<string, BinaryValue> = {};
  const seen = new Set<string>();
  for (const [name, value] of items.flatMap((item) => Object.entries(item.binary ?? {}))) {
    const likeness = JSON.stringify([value.mimeType, value.fileName, value.fileSize, value.fileExtension]);
    if (onlyUnique && seen.has(likeness)) continue;
    seen.add(likeness);
    let free = name;
    for (let number = 1; Object.hasOwn(gathered, free); number += 1) free = `${name}_${number}`;
    gathered[free] = value;
  }
  return Object.keys(gathered).length > 0 ? gathered : undefined;
}
