/** The comparisons of If 1, Filter 1 and Switch 1 and 2, before there were typed filters. */
import { NodeFault } from './fault.ts';
import { amount, choice, date, flag, lists, text, type Parameter } from './parameters.ts';
import { matches, regexFrom } from './regex.ts';
import type { Values } from './values.ts';

export type LegacyType = 'boolean' | 'dateTime' | 'number' | 'string';

const blank = (value: unknown) =>
  value === undefined || value === null || value === '' || Number.isNaN(value) || (typeof value === 'object' && !(value instanceof Date) && Object.keys(value).length === 0);
const asText = (value: unknown) => String(value || '');
const asNumber = (value: unknown) => (value || 0) as number;

const comparisons: Record<string, (left: unknown, right: unknown) => boolean> = {
  equal: (left, right) => left === right,
  notEqual: (left, right) => left !== right,
  after: (left, right) => asNumber(left) > asNumber(right),
  before: (left, right) => asNumber(left) < asNumber(right),
  larger: (left, right) => asNumber(left) > asNumber(right),
  largerEqual: (left, right) => asNumber(left) >= asNumber(right),
  smaller: (left, right) => asNumber(left) < asNumber(right),
  smallerEqual: (left, right) => asNumber(left) <= asNumber(right),
  contains: (left, right) => asText(left).includes(asText(right)),
  notContains: (left, right) => !asText(left).includes(asText(right)),
  startsWith: (left, right) => asText(left).startsWith(asText(right)),
  notStartsWith: (left, right) => !asText(left).startsWith(asText(right)),
  endsWith: (left, right) => asText(left).endsWith(asText(right)),
  notEndsWith: (left, right) => !asText(left).endsWith(asText(right)),
  isEmpty: blank,
  isNotEmpty: (left) => !blank(left),
  regex: (left, right) => matches(regexFrom(right), asText(left)),
  notRegex: (left, right) => !matches(regexFrom(right), asText(left)),
};

export function compareLegacy(type: LegacyType, operation: string, values: { left: unknown; right: unknown }): boolean {
  const compare = comparisons[operation];
  if (!compare) throw new NodeFault(`The operation "${operation}" is not known for ${type} values`);
  const read = type === 'dateTime' ? milliseconds : (value: unknown) => value;
  return compare(read(values.left), read(values.right));
}

function milliseconds(value: unknown): number {
  if (value === undefined || value === null || value === '') return 0;
  const time = new Date(value as string | number).getTime();
  if (Number.isNaN(time)) throw new NodeFault(`The date "${String(value)}" is not valid`);
  return time;
}

const patterns = ['regex', 'notRegex'];
export const textOperations = ['contains', 'notContains', 'endsWith', 'notEndsWith', 'equal', 'notEqual', 'regex', 'notRegex', 'startsWith', 'notStartsWith'];
export const numberOperations = ['smaller', 'smallerEqual', 'equal', 'notEqual', 'larger', 'largerEqual'];
const emptiness = ['isEmpty', 'isNotEmpty'];

/** The `conditions` parameter of If 1 and Filter 1. */
export const legacyConditions: Parameter = lists('conditions', {
  boolean: [flag('value1'), choice('operation', 'equal', ['equal', 'notEqual']), flag('value2')],
  dateTime: [date('value1'), choice('operation', 'after', ['after', 'before']), date('value2')],
  number: [amount('value1'), choice('operation', 'smaller', [...numberOperations, ...emptiness]), amount('value2', 0, { hide: { operation: emptiness } })],
  string: [
    text('value1'),
    choice('operation', 'equal', [...textOperations, ...emptiness]),
    text('value2', '', { hide: { operation: [...emptiness, ...patterns] } }),
    text('value2', '', { show: { operation: patterns } }),
  ],
});

/** All conditions, or one that holds. */
export function legacyConditionsHold(parameters: Values, combine: 'all' | 'any'): boolean {
  const types: LegacyType[] = ['boolean', 'dateTime', 'number', 'string'];
  const conditions = types.flatMap((type) => parameters.list(`conditions.${type}`).map((condition) => ({ type, condition })));
  const holds = ({ type, condition }: (typeof conditions)[number]) =>
    compareLegacy(type, String(condition['operation']), { left: condition['value1'], right: condition['value2'] });
  return combine === 'all' ? conditions.every(holds) : conditions.some(holds);
}
