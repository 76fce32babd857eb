/** Summarize: counts, sums and the like over all items, or over groups of items with equal fields. */
import type { Item } from '../sandbox/port.ts';
import { NodeFault } from './fault.ts';
import type { NodeType } from './node-type.ts';
import { choice, flag, lists, options, text } from './parameters.ts';
import { fieldNames, getPath } from './paths.ts';
import type { Values } from './values.ts';

const prefixes = { append: 'appended_', average: 'average_', concatenate: 'concatenated_', count: 'count_', countUnique: 'unique_count_', max: 'max_', min: 'min_', sum: 'sum_' };
type AggregationName = keyof typeof prefixes;

interface FieldAggregation {
  readonly aggregation: AggregationName;
  readonly field: string;
  readonly includeEmpty?: boolean;
  readonly separateBy?: string;
  readonly customSeparator?: string;
}

export const summarizeParameters = [
  lists(
    'fieldsToSummarize',
    {
      values: [
        choice('aggregation', 'count', Object.keys(prefixes)),
        text('field'),
        flag('includeEmpty', false, { show: { aggregation: ['append', 'concatenate', 'count', 'countUnique'] } }),
        text('separateBy', ',', { show: { aggregation: ['concatenate'] } }),
        text('customSeparator', '', { show: { aggregation: ['concatenate'], separateBy: ['other'] } }),
      ],
    },
    { default: { values: [{ aggregation: 'count', field: '' }] } },
  ),
  text('fieldsToSplitBy'),
  options([flag('continueIfFieldNotFound', false), flag('disableDotNotation'), choice('outputFormat', 'separateItems', ['separateItems', 'singleItem']), flag('skipEmptySplitFields')]),
];

export const summarize: NodeType = {
  types: ['n8n-nodes-base.summarize'],
  versions: [1, 1.1],
  kind: 'pure',
  resolves: 'first',
  parameters: summarizeParameters,
  execute: (call) => [summarized(call.inputs[0] ?? [], call.at(0), call.node.typeVersion >= 1.1)],
};

interface Group {
  /** The values that the group's items share, by field, in their own types. */
  readonly by: readonly { readonly field: string; readonly value: unknown }[];
  readonly members: readonly number[];
}

type Read = (index: number, field: string) => unknown;

export function summarized(items: readonly Item[], parameters: Values, lenient: boolean): Item[] {
  const aggregations = parameters.list<FieldAggregation>('fieldsToSummarize.values').filter(({ field }) => field !== '');
  if (aggregations.length === 0) throw new NodeFault("You need to add at least one aggregation to 'Fields to Summarize' with non empty 'Field'");
  const dots = !parameters.flag('options.disableDotNotation');
  const read: Read = (index, field) => (dots ? getPath(items[index]?.json, field) : items[index]?.json[field]);
  const all = [...items.keys()];
  if (!lenient && !parameters.flag('options.continueIfFieldNotFound'))
    for (const { field } of aggregations) if (all.every((index) => read(index, field) === undefined)) throw new NodeFault(`The field '${field}' does not exist in any items`);
  const splitBy = fieldNames(parameters.raw('fieldsToSplitBy')).map((name) => name.replace(/^\$json\./, ''));
  const groups = split([{ by: [], members: all }], splitBy, { read, skipEmpty: parameters.flag('options.skipEmptySplitFields') });
  const results = groups.map((group) => ({ group, totals: totalsOf(group.members, aggregations, read) }));
  if (parameters.raw('options.outputFormat') === 'singleItem') return [{ json: nested(results), pairedItem: all.map((item) => ({ item })) }];
  return results.map(({ group, totals }) => ({
    json: { ...Object.fromEntries(group.by.map(({ field, value }) => [plainName(field), value])), ...totals },
    pairedItem: group.members.map((item) => ({ item })),
  }));
}

const isEmpty = (value: unknown) => value === undefined || value === null || value === '';
const plainName = (field: string) => field.replace(/[\]["]/g, '').replace(/[ .]/g, '_');

function split(groups: readonly Group[], [field, ...rest]: readonly string[], manner: { read: Read; skipEmpty: boolean }): readonly Group[] {
  if (field === undefined) return groups;
  const next = groups.flatMap(({ by, members }) => {
    const kept = manner.skipEmpty ? members.filter((index) => !isEmpty(manner.read(index, field)) || typeof manner.read(index, field) === 'number') : members;
    const byValue = Map.groupBy(kept, (index) => groupKey(manner.read(index, field)));
    return [...byValue.values()].map((same): Group => ({ by: [...by, { field, value: manner.read(same[0] as number, field) }], members: same }));
  });
  return split(next, rest, manner);
}

const groupKey = (value: unknown) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : value);

function totalsOf(members: readonly number[], aggregations: readonly FieldAggregation[], read: Read): Record<string, unknown> {
  return Object.fromEntries(aggregations.map((one) => [plainName(`${prefixes[one.aggregation]}${one.field}`), total(members.map((index) => read(index, one.field)), one)]));
}

function total(values: readonly unknown[], { aggregation, includeEmpty, separateBy = ',', customSeparator = '' }: FieldAggregation): unknown {
  const filled = values.filter((value) => !isEmpty(value));
  const kept = includeEmpty ? values : filled;
  const numbers = values.filter((value) => typeof value === 'number');
  const sum = numbers.reduce((before, value) => before + value, 0);
  switch (aggregation) {
    case 'append':
      return kept;
    case 'concatenate':
      return kept.map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value))).join(separateBy === 'other' ? customSeparator : separateBy);
    case 'average':
      return sum / numbers.length;
    case 'sum':
      return sum;
    case 'count':
      return kept.length;
    case 'countUnique':
      return new Set(kept).size;
    default:
      return extreme(filled, aggregation);
  }
}

function extreme(values: readonly unknown[], which: 'max' | 'min'): unknown {
  let found: unknown = null;
  for (const value of values as never[]) if (found === null || (which === 'max' ? value > (found as never) : value < (found as never))) found = value;
  return found;
}

function nested(results: readonly { group: Group; totals: Record<string, unknown> }[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { group, totals } of results) {
    let place = root;
    for (const { value } of group.by) place = (place[String(groupKey(value))] ??= {}) as Record<string, unknown>;
    Object.assign(place, totals);
  }
  return root;
}
