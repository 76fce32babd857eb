/** Compare Datasets: which items are only in A, the same in both, different, only in B. */
import type { Item } from '../sandbox/port.ts';
import { exactly, fuzzily, linksOf, type Compare } from './combine.ts';
import { NodeFault } from './fault.ts';
import type { NodeCall, NodeType } from './node-type.ts';
import { candidatesAmong, requireFewPairs } from './pairing.ts';
import { choice, flag, lists, options, text } from './parameters.ts';
import { copy, fieldNames, getPath, hasPath, setPath, unsetPath } from './paths.ts';
import type { Values } from './values.ts';

const resolutions = ['preferInput1', 'preferInput2', 'mix', 'includeBoth'];
type Fields = Record<string, unknown>;

export const compareDatasets: NodeType = {
  types: ['n8n-nodes-base.compareDatasets'],
  versions: [1, 2, 2.1, 2.2, 2.3],
  kind: 'pure',
  resolves: 'first',
  parameters: [
    lists('mergeByFields', { values: [text('field1'), text('field2')] }, { default: { values: [{ field1: '', field2: '' }] } }),
    choice('resolve', 'preferInput2', resolutions, { show: { '@version': [1, 2] } }),
    choice('resolve', 'includeBoth', resolutions, { hide: { '@version': [1, 2] } }),
    flag('fuzzyCompare', false, { hide: { '@version': [1] } }),
    choice('preferWhenMix', 'input1', ['input1', 'input2'], { show: { resolve: ['mix'] } }),
    text('exceptWhenMix', '', { show: { resolve: ['mix'] } }),
    options([text('skipFields'), flag('fuzzyCompare', false, { show: { '@version': [1] } }), flag('disableDotNotation'), choice('multipleMatches', 'first', ['first', 'all'])]),
  ],
  shape: () => ({ inputs: 2, outputs: 4, requiredInputs: 1 }),
  execute(call) {
    const comparison = comparisonOf(call, call.at(0));
    return compareAll(call.inputs[0] ?? [], call.inputs[1] ?? [], comparison);
  },
};

interface Comparison {
  readonly pairs: readonly { readonly field1: string; readonly field2: string }[];
  readonly equal: Compare;
  readonly fuzzy: boolean;
  readonly dots: boolean;
  readonly first: boolean;
  readonly skip: readonly string[];
  readonly resolve: string;
  readonly prefer: string;
  readonly except: readonly string[];
  /** Fields that one side lacks count as empty rather than different. */
  readonly fuzzyKeys: boolean;
  readonly labels: readonly [string, string];
}

function comparisonOf(call: NodeCall, parameters: Values): Comparison {
  const version = call.node.typeVersion;
  const pairs = parameters.list<{ field1: string; field2: string }>('mergeByFields.values');
  if (pairs.length === 0 || pairs.some(({ field1, field2 }) => !field1 || !field2)) throw new NodeFault('You need to define at least one pair of fields in "Fields to Match" to match on');
  const fuzzy = version === 1 ? parameters.flag('options.fuzzyCompare') : parameters.flag('fuzzyCompare');
  return {
    pairs,
    fuzzy,
    equal: fuzzy ? fuzzily(version) : exactly,
    dots: !parameters.flag('options.disableDotNotation'),
    first: parameters.text('options.multipleMatches', 'first') === 'first',
    skip: fieldNames(parameters.raw('options.skipFields')),
    resolve: parameters.text('resolve'),
    prefer: parameters.text('preferWhenMix', 'input1'),
    except: fieldNames(parameters.raw('exceptWhenMix')),
    fuzzyKeys: fuzzy && version > 2,
    labels: version >= 2 ? ['inputA', 'inputB'] : ['input1', 'input2'],
  };
}

function compareAll(first: readonly Item[], second: readonly Item[], comparison: Comparison): Item[][] {
  const [onlyFirst, same, different]: [Item[], Item[], Item[]] = [[], [], []];
  const met = new Set<Item>();
  const [{ field2 }] = comparison.pairs as [Comparison['pairs'][number]];
  const candidates = candidatesAmong(second, (item) => read(item, field2, comparison.dots), comparison.equal);
  for (const item of first) {
    const matches = matchesOf(item, candidates, comparison);
    requireFewPairs(same.length + different.length + matches.length);
    if (matches.length === 0) onlyFirst.push(item);
    for (const match of matches) {
      met.add(match);
      if (areSame(item, match, comparison)) same.push(sameItem(item, match, comparison));
      else different.push(resolved(item, match, comparison));
    }
  }
  return [onlyFirst, same, different, second.filter((item) => !met.has(item))];
}

const read = (item: Item, field: string, dots: boolean) => (dots ? getPath(item.json, field) : item.json[field]);

function matchesOf(item: Item, candidates: (value: unknown) => readonly Item[], { pairs, equal, dots, first }: Comparison): readonly Item[] {
  const wanted = pairs.map(({ field1, field2 }) => ({ field: field2, value: read(item, field1, dots) }));
  if (wanted.some(({ value }) => value === undefined)) return [];
  const matches = candidates(wanted[0]?.value).filter((candidate) => wanted.every(({ field, value }) => equal(value, read(candidate, field, dots))));
  return first ? matches.slice(0, 1) : matches;
}

function areSame(item: Item, match: Item, comparison: Comparison): boolean {
  const [left, right] = [item, match].map(({ json }) => without(json, comparison)) as [Fields, Fields];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => sameField(left, right, key, comparison));
}

function sameField(left: Fields, right: Fields, key: string, { equal, fuzzyKeys }: Comparison): boolean {
  if (!fuzzyKeys && Object.hasOwn(left, key) !== Object.hasOwn(right, key)) return false;
  return equal(left[key], right[key]);
}

function without(json: Fields, { skip, dots }: Comparison): Fields {
  if (skip.length === 0) return json;
  const rest = copy(json);
  for (const field of skip) if (dots) unsetPath(rest, field); else delete rest[field];
  return rest;
}

/** Only items that are the same at a second look differ at all in what is shown of them. */
const sameItem = (item: Item, match: Item, { fuzzy, resolve }: Comparison) => (fuzzy && resolve === 'preferInput2' ? match : item);

function resolved(item: Item, match: Item, comparison: Comparison): Item {
  if (comparison.resolve === 'preferInput1') return item;
  if (comparison.resolve === 'preferInput2') return match;
  return comparison.resolve === 'mix' ? mixed(item, match, comparison) : sideBySide(item, match, comparison);
}

function mixed(item: Item, match: Item, { prefer, except, dots }: Comparison): Item {
  const [kept, other] = prefer === 'input1' ? [item, match] : [match, item];
  const json = copy(kept.json);
  for (const field of except) {
    const value = read(other, field, dots);
    if (value === undefined) unsetPath(json, field);
    else if (dots) setPath(json, field, value);
    else json[field] = value;
  }
  return { ...kept, json };
}

function sideBySide(item: Item, match: Item, comparison: Comparison): Item {
  const { pairs, skip, dots, labels } = comparison;
  const keys: Fields = {};
  for (const { field1, field2 } of pairs) {
    keys[field1] = item.json[field1];
    if (field1 !== field2) keys[field2] = match.json[field2];
  }
  const [same, different, skipped]: [Fields, Fields, Fields] = [{}, {}, {}];
  for (const key of new Set([...Object.keys(item.json), ...Object.keys(match.json)])) {
    const values = [item.json[key], match.json[key]] as const;
    if (sameField(item.json, match.json, key, comparison)) {
      same[key] = values[0];
      continue;
    }
    const left = skip.filter((field) => field === key || (dots && field.startsWith(`${key}.`)));
    if (!left.includes(key)) different[key] = labelled(values.map((value) => dropped(value, left, key)), labels);
    if (left.length > 0) skipped[key] = left.includes(key) ? labelled(values, labels) : labelled(values.map((value) => only(value, left, key)), labels);
  }
  const json = { keys, same, different, ...(Object.keys(skipped).length > 0 && { skipped }) };
  return { json, pairedItem: linksOf(item, match) };
}

const labelled = (values: readonly unknown[], [left, right]: readonly [string, string]) => ({ [left]: values[0] ?? null, [right]: values[1] ?? null });
const inner = (field: string, key: string) => field.slice(key.length + 1);

function dropped(value: unknown, fields: readonly string[], key: string): unknown {
  if (fields.length === 0 || typeof value !== 'object' || value === null) return value;
  const rest = copy(value) as Fields;
  for (const field of fields) unsetPath(rest, inner(field, key));
  return rest;
}

function only(value: unknown, fields: readonly string[], key: string): unknown {
  const part: Fields = {};
  for (const field of fields) if (hasPath(value, inner(field, key))) setPath(part, inner(field, key), getPath(value, inner(field, key)));
  return part;
}
