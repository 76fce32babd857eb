/** If and Filter: each item goes to the first output when its conditions hold, else to the second. */
import type { Item } from '../sandbox/port.ts';
import { passesFilter, type FilterValue } from './filter-conditions.ts';
import { legacyConditions, legacyConditionsHold } from './legacy-comparisons.ts';
import type { NodeCall, NodeType } from './node-type.ts';
import { anything, choice, flag, options } from './parameters.ts';
import type { Values } from './values.ts';

type Test = (parameters: Values, item: number) => boolean;

/** A failing item that may continue counts as one whose conditions do not hold. */
function divide(call: NodeCall, test: Test): [Item[], Item[]] {
  const kept: Item[] = [];
  const rest: Item[] = [];
  for (const [index, item] of call.items.entries()) (holds(call, index, test) ? kept : rest).push(item);
  return [kept, rest];
}

function holds(call: NodeCall, index: number, test: Test): boolean {
  try {
    return test(call.at(index), index);
  } catch (error) {
    if (call.continues) return false;
    throw error;
  }
}

const filterParameters = [
  anything('conditions', {}),
  flag('looseTypeValidation', false, { show: { '@version': [{ _cnd: { gte: 2.1 } }] } }),
  options([flag('ignoreCase', true), flag('looseTypeValidation', true, { show: { '@version': [{ _cnd: { lt: 2.1 } }] } })]),
];
const byFilter: Test = (parameters, index) => passesFilter(parameters.get<FilterValue>('conditions', {}), index);

const pure = { kind: 'pure', resolves: 'each' } as const;

export const ifNode: NodeType = {
  ...pure,
  types: ['n8n-nodes-base.if'],
  versions: [2, 2.1, 2.2, 2.3],
  parameters: filterParameters,
  shape: () => ({ outputs: 2 }),
  execute: (call) => divide(call, byFilter),
};

export const ifLegacy: NodeType = {
  ...ifNode,
  versions: [1],
  parameters: [legacyConditions, choice('combineOperation', 'all', ['all', 'any'])],
  execute: (call) => divide(call, (parameters) => legacyConditionsHold(parameters, parameters.get<'all' | 'any'>('combineOperation', 'all'))),
};

export const filterNode: NodeType = {
  ...pure,
  types: ['n8n-nodes-base.filter'],
  versions: [2, 2.1, 2.2, 2.3],
  parameters: filterParameters,
  execute: (call) => divide(call, byFilter),
};

export const filterLegacy: NodeType = {
  ...filterNode,
  versions: [1],
  parameters: [legacyConditions, choice('combineConditions', 'AND', ['AND', 'OR'])],
  execute: (call) => divide(call, (parameters) => legacyConditionsHold(parameters, parameters.text('combineConditions') === 'OR' ? 'any' : 'all')),
};
