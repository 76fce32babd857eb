/** Switch: each item goes to the output of the rule that it meets, or to the output that an expression names. */
import type { Item } from '../sandbox/port.ts';
import { NodeFault } from './fault.ts';
import { passesFilter, type FilterValue } from './filter-conditions.ts';
import { compareLegacy, numberOperations, textOperations, type LegacyType } from './legacy-comparisons.ts';
import type { NodeCall, NodeType } from './node-type.ts';
import { amount, anything, choice, date, flag, lists, options, text, type Parameter } from './parameters.ts';
import type { Values } from './values.ts';

type Choose = (parameters: Values, item: number) => readonly number[];

function distribute(call: NodeCall, outputs: number, choose: Choose): Item[][] {
  const lists = Array.from({ length: outputs }, (): Item[] => []);
  for (const [index, item] of call.items.entries()) {
    try {
      for (const output of choose(call.at(index), index)) (lists[output] ?? outside(output, outputs)).push(item);
    } catch (error) {
      if (!call.continues || !(error instanceof Error)) throw error;
      lists[0]?.push({ json: { error: error.message }, pairedItem: { item: index } });
    }
  }
  return lists;
}

function outside(output: number, outputs: number): never {
  throw new NodeFault(`The ouput ${output} is not allowed. It has to be between 0 and ${outputs - 1}!`);
}

const rulesOf = (parameters: Values) => parameters.list<{ conditions?: FilterValue }>('rules.values');

const defaultRules = {
  values: [
    {
      conditions: {
        options: { caseSensitive: true, leftValue: '', typeValidation: 'strict' },
        conditions: [{ leftValue: '', rightValue: '', operator: { type: 'string', operation: 'equals' } }],
        combinator: 'and',
      },
    },
  ],
};

function outputsByFilter(parameters: Values): number {
  if (parameters.text('mode') === 'expression') return parameters.ports('numberOutputs', 4);
  return rulesOf(parameters).length + (parameters.raw('options.fallbackOutput') === 'extra' ? 1 : 0);
}

const byFilters: Choose = (parameters, item) => {
  if (parameters.text('mode') === 'expression') return [parameters.number('output')];
  const rules = rulesOf(parameters);
  const all = parameters.flag('options.allMatchingOutputs');
  const matching: number[] = [];
  for (const [index, { conditions = {} }] of rules.entries()) {
    if (!passesFilter(conditions, item)) continue;
    matching.push(index);
    if (!all) break;
  }
  const fallback = parameters.raw('options.fallbackOutput') ?? 'none';
  if (matching.length > 0 || fallback === 'none') return matching;
  return [fallback === 'extra' ? rules.length : Number(fallback)];
};

export const switchNode: NodeType = {
  types: ['n8n-nodes-base.switch'],
  versions: [3, 3.1, 3.2, 3.3, 3.4],
  kind: 'pure',
  resolves: 'each',
  parameters: [
    choice('mode', 'rules', ['rules', 'expression']),
    amount('numberOutputs', 4, { show: { mode: ['expression'] } }),
    anything('output', '={{}}', { show: { mode: ['expression'] } }),
    lists('rules', { values: [anything('conditions', {}), flag('renameOutput'), text('outputKey', '', { show: { renameOutput: [true] } })] }, { default: defaultRules, show: { mode: ['rules'] } }),
    flag('looseTypeValidation', false, { show: { '@version': [{ _cnd: { gte: 3.1 } }] } }),
    options(
      [
        anything('fallbackOutput', 'none'),
        flag('ignoreCase', true),
        flag('looseTypeValidation', true, { show: { '@version': [{ _cnd: { lt: 3.1 } }] } }),
        text('renameFallbackOutput', '', { show: { fallbackOutput: ['extra'] } }),
        flag('allMatchingOutputs'),
      ],
      { show: { mode: ['rules'] } },
    ),
  ],
  shape: (parameters) => ({ outputs: outputsByFilter(parameters) }),
  execute: (call) => distribute(call, outputsByFilter(call.at(0)), byFilters),
};

/** One rule list a data type, each with its own operations and default. */
function legacyRules(fields: (type: LegacyType) => readonly Parameter[]): Parameter[] {
  const types: [LegacyType, Parameter, Parameter][] = [
    ['boolean', flag('value1'), choice('operation', 'equal', ['equal', 'notEqual'])],
    ['dateTime', date('value1'), choice('operation', 'after', ['after', 'before'])],
    ['number', amount('value1'), choice('operation', 'smaller', numberOperations)],
    ['string', text('value1'), choice('operation', 'equal', textOperations)],
  ];
  const second = { boolean: flag('value2'), dateTime: date('value2', 0), number: amount('value2'), string: text('value2') };
  return types.flatMap(([type, first, operation]) => {
    const show = { dataType: [type], mode: ['rules'] };
    return [{ ...first, show }, lists('rules', { rules: [operation, second[type], ...fields(type)] }, { show })];
  });
}

interface LegacyRule {
  readonly operation: string;
  readonly value2: unknown;
  readonly output?: number;
}

function byLegacyRules(outputOf: (rule: LegacyRule, index: number) => number): Choose {
  return (parameters) => {
    if (parameters.text('mode') === 'expression') return [parameters.number('output')];
    const type = parameters.get<LegacyType>('dataType', 'number');
    const rules = parameters.list<LegacyRule>('rules.rules');
    const found = rules.findIndex((rule) => compareLegacy(type, rule.operation, { left: parameters.raw('value1'), right: rule.value2 }));
    const rule = rules[found];
    if (rule) return [outputOf(rule, found)];
    const fallback = parameters.number('fallbackOutput', -1);
    return fallback === -1 ? [] : [fallback];
  };
}

const legacyMode = [choice('mode', 'rules', ['expression', 'rules']), choice('dataType', 'number', ['boolean', 'dateTime', 'number', 'string'], { show: { mode: ['rules'] } })];

export const switchV2: NodeType = {
  ...switchNode,
  versions: [2],
  parameters: [
    ...legacyMode,
    anything('output', '', { show: { mode: ['expression'] } }),
    amount('outputsAmount', 4, { show: { mode: ['expression'] } }),
    ...legacyRules(() => [text('outputKey')]),
    anything('fallbackOutput', -1, { show: { mode: ['rules'] } }),
  ],
  shape: (parameters) => ({ outputs: outputsV2(parameters) }),
  execute: (call) => distribute(call, outputsV2(call.at(0)), byLegacyRules((_rule, index) => index)),
};

const outputsV2 = (parameters: Values) => (parameters.text('mode') === 'expression' ? parameters.ports('outputsAmount', 4) : parameters.list('rules.rules').length);

export const switchV1: NodeType = {
  ...switchNode,
  versions: [1],
  parameters: [
    ...legacyMode,
    amount('output', 0, { show: { mode: ['expression'] } }),
    ...legacyRules(() => [amount('output')]),
    choice('fallbackOutput', -1, [-1, 0, 1, 2, 3], { show: { mode: ['rules'] } }),
  ],
  shape: () => ({ outputs: 4 }),
  execute: (call) => distribute(call, 4, byLegacyRules((rule) => Number(rule.output ?? 0))),
};
