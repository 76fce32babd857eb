/**
 * The filter that If, Filter and Switch share: conditions with typed operators, combined by `and` or `or`.
 * Options as stored with the filter: `caseSensitive`, `typeValidation` strict or loose, and the filter's own
 * `version`, which decides how loose values are read (1: any value is a boolean; 2: "false" is false; 3: an
 * empty text or list is no number).
 */
import { DateTime } from 'luxon';
import { NodeFault } from './fault.ts';
import { checkField, describeValue, parseDate, type FieldType } from './field-types.ts';
import { matches, regexFrom } from './regex.ts';

export interface Operator {
  readonly type: FieldType;
  readonly operation: string;
  readonly rightType?: FieldType;
  /** The operation has no right value. */
  readonly singleValue?: boolean;
}

export interface FilterCondition {
  readonly leftValue?: unknown;
  readonly rightValue?: unknown;
  readonly operator: Operator;
}

export interface FilterValue {
  readonly combinator?: 'and' | 'or';
  readonly conditions?: readonly FilterCondition[];
  readonly options?: { readonly caseSensitive?: boolean; readonly typeValidation?: 'strict' | 'loose'; readonly version?: number };
}

interface Reading {
  readonly strict: boolean;
  readonly ignoreCase: boolean;
  readonly version: number;
}

/** Whether the filter lets an item pass; throws NodeFault when a value is not of its operator's type. */
export function passesFilter(filter: FilterValue, item = 0): boolean {
  const { caseSensitive, typeValidation, version = 1 } = filter.options ?? {};
  const reading = { strict: typeValidation === 'strict', ignoreCase: !caseSensitive, version };
  const passes = (condition: FilterCondition, index: number) => holds(condition, reading, { condition: index, item });
  const conditions = filter.conditions ?? [];
  return filter.combinator === 'or' ? conditions.some(passes) : conditions.every(passes);
}

function holds(condition: FilterCondition, reading: Reading, place: { condition: number; item: number }): boolean {
  const { operator } = condition;
  const left = read(condition.leftValue, operator.type, { reading, place });
  const right = operator.singleValue ? undefined : read(condition.rightValue, operator.rightType ?? operator.type, { reading, place });
  const exists = left !== undefined && left !== null && !Number.isNaN(left);
  if (operator.operation === 'exists') return exists;
  if (operator.operation === 'notExists') return !exists;
  const operations = operationsByType[operator.type];
  if (!operations || !Object.hasOwn(operations, operator.operation))
    throw new NodeFault(`The operator "${operator.type}:${operator.operation}" is not known [condition ${place.condition}, item ${place.item}]`);
  return (operations[operator.operation] as Operation)(left as never, right as never, { ...reading, exists });
}

function read(value: unknown, type: FieldType, { reading, place }: { reading: Reading; place: { condition: number; item: number } }): unknown {
  const { strict, version } = reading;
  if (type === 'any' || value === null || value === undefined) return value;
  if (type === 'number' && Number.isNaN(value)) return value;
  if (type === 'number' && !strict && version >= 3 && isEmpty(value)) return null;
  const checked = checkField('filter', value, type, { strict, parseStrings: true });
  if (checked.valid && !(type === 'boolean' && !strict && version < 2)) return checked.value;
  if (type === 'boolean' && !strict) return Boolean(value);
  throw wrongType(value, type, { strict, place });
}

const isEmpty = (value: unknown) => value === '' || (Array.isArray(value) && value.length === 0);

function wrongType(value: unknown, type: FieldType, { strict, place }: { strict: boolean; place: { condition: number; item: number } }): NodeFault {
  const found = Array.isArray(value) ? 'array' : typeof value;
  const shown = typeof value === 'object' ? JSON.stringify(value) : describeValue(value);
  const said = strict ? `Wrong type: ${shown} is ${withArticle(found)} but was expecting ${withArticle(type)}` : `Conversion error: the ${found} ${shown} can't be converted to ${withArticle(type)}`;
  return new NodeFault(`${said} [condition ${place.condition}, item ${place.item}]`, {
    name: 'FilterError',
    description: strict ? 'Enable "Convert types where required", or give the value the type that the operator expects.' : 'Give the value the type that the operator expects.',
    context: place,
  });
}

const withArticle = (type: string) => `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;

interface Terms extends Reading {
  readonly exists: boolean;
}
type Operation<Left = never, Right = never> = (left: Left, right: Right, terms: Terms) => boolean;
type Operations<Left, Right = Left> = Record<string, Operation<Left, Right>>;

const folded = (value: unknown, ignoreCase: boolean) => (ignoreCase ? String(value ?? '').toLocaleLowerCase() : String(value ?? ''));
/** A comparison of texts, by case or not. */
const compareTexts =
  (compare: (left: string, right: string) => boolean): Operation<string, string> =>
  (left, right, { ignoreCase }) =>
    compare(folded(left, ignoreCase), folded(right, ignoreCase));
const negated =
  <Left, Right>(operation: Operation<Left, Right>): Operation<Left, Right> =>
  (left, right, terms) =>
    !operation(left, right, terms);

const equalTexts = compareTexts((left, right) => left === right);
const containsText = compareTexts((left, right) => left.includes(right));
const startsWithText = compareTexts((left, right) => left.startsWith(right));
const endsWithText = compareTexts((left, right) => left.endsWith(right));
const matchesPattern: Operation<string, string> = (left, right, { ignoreCase }) => matches(regexFrom(right), folded(left, ignoreCase));

const texts: Operations<string> = {
  empty: (left) => (left ?? '').length === 0,
  notEmpty: (left) => (left ?? '').length !== 0,
  equals: equalTexts,
  notEquals: negated(equalTexts),
  contains: containsText,
  notContains: negated(containsText),
  startsWith: startsWithText,
  notStartsWith: negated(startsWithText),
  endsWith: endsWithText,
  notEndsWith: negated(endsWithText),
  regex: matchesPattern,
  notRegex: negated(matchesPattern),
};

const emptiness: Operations<unknown> = { empty: (_left, _right, { exists }) => !exists, notEmpty: (_left, _right, { exists }) => exists };

const numbers: Operations<number> = {
  ...(emptiness as Operations<number>),
  equals: (left, right) => left === right,
  notEquals: (left, right) => left !== right,
  gt: (left, right) => left > right,
  lt: (left, right) => left < right,
  gte: (left, right) => left >= right,
  lte: (left, right) => left <= right,
};

const compareDates =
  (compare: (left: number, right: number) => boolean): Operation<DateTime, DateTime> =>
  (left, right) =>
    Boolean(left && right) && compare(asDate(left).toMillis(), asDate(right).toMillis());
const asDate = (value: DateTime): DateTime => (DateTime.isDateTime(value) ? value : (parseDate(value) ?? DateTime.invalid('no date')));

const dates: Operations<DateTime> = {
  ...(emptiness as Operations<DateTime>),
  equals: compareDates((left, right) => left === right),
  notEquals: compareDates((left, right) => left !== right),
  after: compareDates((left, right) => left > right),
  before: compareDates((left, right) => left < right),
  afterOrEquals: compareDates((left, right) => left >= right),
  beforeOrEquals: compareDates((left, right) => left <= right),
};

const booleans: Operations<boolean> = {
  ...(emptiness as Operations<boolean>),
  true: (left) => left,
  false: (left) => !left,
  equals: (left, right) => left === right,
  notEquals: (left, right) => left !== right,
};

/** Whether the list holds the value itself; texts are compared without case when asked. */
export function listContains(list: readonly unknown[], value: unknown, ignoreCase: boolean): boolean {
  if (!ignoreCase || typeof value !== 'string') return list.includes(value);
  return list.some((one) => typeof one === 'string' && folded(one, true) === folded(value, true));
}

const compareLength =
  (compare: (length: number, right: number) => boolean): Operation<readonly unknown[], number> =>
  (left, right) =>
    compare((left ?? []).length, right);
const containsValue: Operation<readonly unknown[], unknown> = (left, right, { ignoreCase }) => listContains(left ?? [], right, ignoreCase);

const arrays: Operations<readonly unknown[], never> = {
  contains: containsValue,
  notContains: negated(containsValue),
  lengthEquals: compareLength((length, right) => length === right),
  lengthNotEquals: compareLength((length, right) => length !== right),
  lengthGt: compareLength((length, right) => length > right),
  lengthLt: compareLength((length, right) => length < right),
  lengthGte: compareLength((length, right) => length >= right),
  lengthLte: compareLength((length, right) => length <= right),
  empty: (left) => (left ?? []).length === 0,
  notEmpty: (left) => (left ?? []).length !== 0,
};

const objects: Operations<object> = {
  empty: (left) => !left || Object.keys(left).length === 0,
  notEmpty: (left) => Boolean(left) && Object.keys(left).length !== 0,
};

const operationsByType: Partial<Record<FieldType, Operations<never, never>>> = {
  string: texts as never,
  number: numbers as never,
  dateTime: dates as never,
  boolean: booleans as never,
  array: arrays as never,
  object: objects as never,
};
