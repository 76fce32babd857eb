/** Merge 2 and 3: several inputs become one list. Version 1 is in merge-legacy.ts. */
import type { Item } from '../sandbox/port.ts';
import { combineItems, combineWith, linksOf, suffixed, type ClashHandling } from './combine.ts';
import { NodeFault } from './fault.ts';
import { joinByFields, type Join, type JoinMode } from './merge-join.ts';
import type { NodeCall, NodeType } from './node-type.ts';
import { requireFewPairs } from './pairing.ts';
import { anything, choice, flag, lists, options, record, text, type Visibility } from './parameters.ts';
import type { Values } from './values.ts';

const clashDefault = { default: { values: { resolveClash: 'preferLast', mergeMode: 'deepMerge', overrideEmpty: false } } };
const clashHandling = (visibility: { show?: Visibility; hide?: Visibility } = {}) =>
  record('clashHandling', { values: [text('resolveClash'), choice('mergeMode', 'deepMerge', ['deepMerge', 'shallowMerge']), flag('overrideEmpty')] }, { ...clashDefault, ...visibility });
const numberInputs = (show: Visibility) => anything('numberInputs', 2, { show });
const pairs = lists('mergeByFields', { values: [text('field1'), text('field2')] }, { default: { values: [{ field1: '', field2: '' }] } });
const joinModes = ['keepMatches', 'keepNonMatches', 'keepEverything', 'enrichInput1', 'enrichInput2'];
const sides = ['both', 'input1', 'input2'];

const byFields = { mode: ['combine'], combineBy: ['combineByFields'] };
const byPosition = { mode: ['combine'], combineBy: ['combineByPosition'] };

/** Merge needs both inputs when it chooses between them, else any one. */
const required = (parameters: Values) => (parameters.text('mode') === 'chooseBranch' ? [0, 1] : 1);

export const merge: NodeType = {
  types: ['n8n-nodes-base.merge'],
  versions: [3, 3.1, 3.2],
  kind: 'pure',
  resolves: 'first',
  parameters: [
    choice('mode', 'append', ['append', 'combine', 'combineBySql', 'chooseBranch']),
    choice('combineBy', 'combineByFields', ['combineByFields', 'combineByPosition', 'combineAll'], { show: { mode: ['combine'] } }),
    numberInputs({ mode: ['append', 'combineBySql', 'chooseBranch'] }),
    numberInputs(byPosition),
    flag('advanced', false, { show: byFields }),
    text('fieldsToMatchString', '', { show: { ...byFields, advanced: [false] } }),
    { ...pairs, show: { ...byFields, advanced: [true] } },
    choice('joinMode', 'keepMatches', joinModes, { show: byFields }),
    choice('outputDataFrom', 'both', sides, { show: { ...byFields, joinMode: ['keepMatches', 'keepNonMatches'] } }),
    text('query', '', { show: { mode: ['combineBySql'] } }),
    choice('chooseBranchMode', 'waitForAll', ['waitForAll'], { show: { mode: ['chooseBranch'] } }),
    choice('output', 'specifiedInput', ['specifiedInput', 'empty'], { show: { mode: ['chooseBranch'] } }),
    anything('useDataOfInput', 1, { show: { mode: ['chooseBranch'], output: ['specifiedInput'] } }),
    options([clashHandling(), flag('fuzzyCompare'), flag('disableDotNotation'), choice('multipleMatches', 'all', ['all', 'first']), flag('includeUnpaired'), choice('emptyQueryResult', 'empty', ['success', 'empty'])], {
      show: { mode: ['combine', 'combineBySql'] },
    }),
  ],
  shape: (parameters) => ({ inputs: parameters.ports('numberInputs', 2), requiredInputs: required(parameters) }),
  execute: (call) => [mergeItems(call, call.at(0))],
};

function mergeItems(call: NodeCall, parameters: Values): Item[] {
  const count = parameters.ports('numberInputs', 2);
  const inputs = Array.from({ length: Math.max(count, 2) }, (_, index) => call.inputs[index] ?? []);
  const clash = parameters.get<ClashHandling>('options.clashHandling.values', {});
  const manner = { clash, by: parameters.text('combineBy'), strict: false };
  switch (parameters.text('mode')) {
    case 'append':
      return inputs.flat();
    case 'chooseBranch':
      return parameters.text('output') === 'empty' ? [emptyItem(inputs)] : [...(inputs[parameters.number('useDataOfInput', 1) - 1] ?? [])];
    case 'combine':
      return combined(inputs, parameters, manner);
    default:
      throw new NodeFault('Combining by SQL is not supported: it needs a query engine for items. Use a Code node, or combine by fields.');
  }
}

interface Manner {
  readonly clash: ClashHandling;
  readonly by: string;
  readonly strict: boolean;
}

function combined(inputs: readonly (readonly Item[])[], parameters: Values, { clash, by, strict }: Manner): Item[] {
  const [first = [], second = []] = inputs;
  if (by === 'combineAll') return multiply(first, second, clash);
  if (by === 'combineByPosition') return alignAll(inputs, { clash, unpaired: parameters.flag('options.includeUnpaired') });
  return joinByFields(first, second, { ...joinOf(parameters, clash), strict });
}

function joinOf(parameters: Values, clash: ClashHandling): Omit<Join, 'strict'> {
  const names = parameters.text('fieldsToMatchString').split(',').map((name) => name.trim()).filter(Boolean);
  const advanced = parameters.flag('advanced') || parameters.raw('fieldsToMatchString') === undefined;
  return {
    pairs: advanced ? parameters.list<{ field1: string; field2: string }>('mergeByFields.values') : names.map((name) => ({ field1: name, field2: name })),
    mode: parameters.get<JoinMode>('joinMode', 'keepMatches'),
    outputDataFrom: parameters.text('outputDataFrom', 'both'),
    dots: !parameters.flag('options.disableDotNotation'),
    fuzzy: parameters.flag('options.fuzzyCompare'),
    first: parameters.text('options.multipleMatches') === 'first',
    clash,
  };
}

function emptyItem(inputs: readonly (readonly Item[])[]): Item {
  return { json: {}, pairedItem: linksOf(...inputs.flat()) };
}

/** Every item of the one with every item of the other. */
function multiply(first: readonly Item[], second: readonly Item[], clash: ClashHandling): Item[] {
  requireFewPairs(first.length * second.length);
  const combine = combineWith(clash);
  const suffix = clash.resolveClash === 'addSuffix';
  const swap = clash.resolveClash === 'preferInput1';
  const left = suffix ? first.map((item) => suffixed(item, 1)) : swap ? second : first;
  const right = suffix ? second.map((item) => suffixed(item, 2)) : swap ? first : second;
  return left.flatMap((one) => right.map((other) => combineItems(combine, [one, other])));
}

/** The n-th items of all inputs together; the preferred input's fields win. */
function alignAll(inputs: readonly (readonly Item[])[], { clash, unpaired }: { clash: ClashHandling; unpaired: boolean }): Item[] {
  const preferred = preferredInput(clash, inputs.length);
  const lists = clash.resolveClash === 'addSuffix' ? inputs.map((items, index) => items.map((item) => suffixed(item, index + 1))) : inputs;
  const lengths = lists.map((items) => items.length);
  const rows = unpaired ? Math.max(...lengths) : Math.min(...lengths);
  const combine = combineWith(clash);
  return Array.from({ length: rows }, (_, row) => {
    const items = lists.map((list) => list[row]);
    const ordered = [...items.filter((_item, input) => input !== preferred), items[preferred]].filter((item) => item !== undefined);
    return { ...combineItems(combine, ordered), pairedItem: linksOf(...items) };
  });
}

function preferredInput({ resolveClash }: ClashHandling, inputs: number): number {
  const named = /^preferInput(\d+)$/.exec(resolveClash ?? '')?.[1];
  return named ? Number(named) - 1 : inputs - 1;
}

const combinations = (names: readonly string[]) => ({ mode: ['combine'], combinationMode: names });

export const mergeV2: NodeType = {
  ...merge,
  versions: [2, 2.1],
  parameters: [
    choice('mode', 'append', ['append', 'combine', 'chooseBranch']),
    choice('combinationMode', 'mergeByFields', ['mergeByFields', 'mergeByPosition', 'multiplex'], { show: { mode: ['combine'] } }),
    { ...pairs, show: combinations(['mergeByFields']) },
    choice('joinMode', 'keepMatches', joinModes, { show: combinations(['mergeByFields']) }),
    choice('outputDataFrom', 'both', sides, { show: { ...combinations(['mergeByFields']), joinMode: ['keepMatches', 'keepNonMatches'] } }),
    choice('chooseBranchMode', 'waitForBoth', ['waitForBoth'], { show: { mode: ['chooseBranch'] } }),
    choice('output', 'input1', ['input1', 'input2', 'empty'], { show: { mode: ['chooseBranch'] } }),
    options([clashHandling(), flag('disableDotNotation'), flag('fuzzyCompare'), flag('includeUnpaired'), choice('multipleMatches', 'all', ['all', 'first'])], { hide: { mode: ['chooseBranch', 'append'] } }),
  ],
  shape: (parameters) => ({ inputs: 2, requiredInputs: required(parameters) }),
  execute: (call) => [mergeItemsV2(call, call.at(0))],
};

function mergeItemsV2(call: NodeCall, parameters: Values): Item[] {
  const inputs = [call.inputs[0] ?? [], call.inputs[1] ?? []] as const;
  const clash = parameters.get<ClashHandling>('options.clashHandling.values', {});
  if (parameters.text('mode') === 'append') return inputs.flat();
  if (parameters.text('mode') === 'chooseBranch') {
    const output = parameters.text('output', 'input1');
    return output === 'empty' ? [emptyItem(inputs)] : [...inputs[output === 'input1' ? 0 : 1]];
  }
  const by = { multiplex: 'combineAll', mergeByPosition: 'combineByPosition' }[parameters.text('combinationMode')] ?? 'combineByFields';
  // Version 2 pairs positions only when there are two sides.
  if (by === 'combineByPosition' && inputs.some((items) => items.length === 0)) return inputs.flat();
  return combined(inputs, parameters, { clash, by, strict: call.node.typeVersion < 2.1 });
}
