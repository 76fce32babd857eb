/** Date & Time 2: current date, adding, formatting, rounding, differences and parts of dates. */
import { DateTime, type DateTimeUnit, type DurationLikeObject, type DurationUnit } from 'luxon';
import type { Item } from '../sandbox/port.ts';
import { fromCount } from './date-time-legacy.ts';
import { NodeFault } from './fault.ts';
import { parseDate } from './field-types.ts';
import { eachItem, type NodeCall, type NodeType } from './node-type.ts';
import { amount, anything, choice, flag, options, text } from './parameters.ts';
import { setPath } from './paths.ts';
import type { Values } from './values.ts';

const operations = ['addToDate', 'extractDate', 'formatDate', 'getCurrentDate', 'getTimeBetweenDates', 'roundDate', 'subtractFromDate'] as const;
type Operation = (typeof operations)[number];
const timeUnits = ['years', 'quarters', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds', 'milliseconds'];
const parts = ['year', 'month', 'week', 'day', 'hour', 'minute', 'second'];
const formats = ['custom', 'MM/dd/yyyy', 'yyyy/MM/dd', 'MMMM dd yyyy', 'MM-dd-yyyy', 'yyyy-MM-dd', 'X', 'x'];
const only = (...shown: Operation[]) => ({ show: { operation: shown } });
const outputNames: Record<Operation, string> = {
  getCurrentDate: 'currentDate', addToDate: 'newDate', subtractFromDate: 'newDate', formatDate: 'formattedDate',
  roundDate: 'roundedDate', getTimeBetweenDates: 'timeDifference', extractDate: 'datePart',
};

export const dateTime: NodeType = {
  types: ['n8n-nodes-base.dateTime'],
  versions: [2],
  kind: 'pure',
  resolves: 'each',
  parameters: [
    choice('operation', 'getCurrentDate', operations),
    flag('includeTime', true, only('getCurrentDate')),
    anything('magnitude', '', { required: true, ...only('addToDate', 'subtractFromDate') }),
    choice('timeUnit', 'days', timeUnits, only('addToDate', 'subtractFromDate')),
    amount('duration', 0, only('addToDate', 'subtractFromDate')),
    anything('date', '', only('formatDate', 'roundDate', 'extractDate')),
    choice('format', 'MM/dd/yyyy', formats, only('formatDate')),
    text('customFormat', '', { show: { operation: ['formatDate'], format: ['custom'] } }),
    choice('mode', 'roundDown', ['roundDown', 'roundUp'], only('roundDate')),
    choice('toNearest', 'month', parts, { show: { operation: ['roundDate'], mode: ['roundDown'] } }),
    choice('to', 'month', ['month'], { show: { operation: ['roundDate'], mode: ['roundUp'] } }),
    anything('startDate', '', only('getTimeBetweenDates')),
    anything('endDate', '', only('getTimeBetweenDates')),
    { name: 'units', type: 'multiOptions', default: ['day'], ...only('getTimeBetweenDates') },
    choice('part', 'month', parts, only('extractDate')),
    ...operations.map((operation) => text('outputFieldName', outputNames[operation], only(operation))),
    options([flag('includeInputFields'), text('timezone'), text('fromFormat'), flag('isoString')]),
  ],
  async execute(call) {
    return [await eachItem(call, (item, index, parameters) => [dated(call, { item, index }, parameters)])];
  },
};

function dated(call: NodeCall, { item, index }: { item: Item; index: number }, parameters: Values): Item {
  const operation = parameters.get<Operation>('operation', 'getCurrentDate');
  const json: Record<string, unknown> = parameters.flag('options.includeInputFields') ? structuredClone(item.json) : {};
  const name = parameters.text('outputFieldName', outputNames[operation]);
  setPath(json, name, compute[operation](parameters, call.environment));
  return { json, pairedItem: { item: index } };
}

interface Moment {
  readonly now: number;
  readonly timezone: string;
}

const compute: Record<Operation, (parameters: Values, moment: Moment) => unknown> = {
  getCurrentDate(parameters, { now, timezone }) {
    const date = DateTime.fromMillis(now, { zone: parameters.text('options.timezone') || timezone });
    return (parameters.flag('includeTime', true) ? date : date.startOf('day')).toISO();
  },
  addToDate: (parameters, { timezone }) => read(parameters.raw('magnitude'), timezone).plus(durationOf(parameters)).toISO(),
  subtractFromDate: (parameters, { timezone }) => read(parameters.raw('magnitude'), timezone).minus(durationOf(parameters)).toISO(),
  formatDate(parameters, { timezone }) {
    const value = parameters.raw('date');
    if (value === undefined || value === null || value === '') return value ?? null;
    const date = read(value, timezone, { format: parameters.text('options.fromFormat'), keepZone: !parameters.flag('options.timezone') });
    const format = parameters.text('format');
    return date.setLocale('en').toFormat(format === 'custom' ? parameters.text('customFormat') : format);
  },
  roundDate(parameters, { timezone }) {
    const date = read(parameters.raw('date'), timezone);
    if (parameters.text('mode') === 'roundDown') return date.startOf(parameters.get<DateTimeUnit>('toNearest', 'month')).toISO();
    const unit = parameters.get<DateTimeUnit>('to', 'month');
    return date.plus({ [unit]: 1 }).startOf(unit).toISO();
  },
  getTimeBetweenDates(parameters, { timezone }) {
    const units = parameters.get<DurationUnit[]>('units', ['day']);
    const difference = read(parameters.raw('endDate'), timezone).diff(read(parameters.raw('startDate'), timezone), units);
    return parameters.flag('options.isoString') ? difference.toISO() : difference.toObject();
  },
  extractDate(parameters, { timezone }) {
    const date = read(parameters.raw('date'), timezone);
    const part = parameters.text('part');
    return part === 'week' ? date.weekNumber : date.get(part as 'year');
  },
};

const durationOf = (parameters: Values): DurationLikeObject => ({ [parameters.text('timeUnit', 'days')]: parameters.number('duration') });

/** In the workflow's zone, unless the text's own is to be kept. */
function read(value: unknown, timezone: string, { format = '', keepZone = false }: { format?: string; keepZone?: boolean } = {}): DateTime {
  const numeric = typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim()));
  const zone = keepZone && typeof value === 'string' && !numeric ? undefined : timezone;
  const date = format ? DateTime.fromFormat(String(value), format, { zone: timezone }) : numeric ? fromCount(Number(value), timezone) : parseDate(value, timezone);
  if (!date?.isValid) throw new NodeFault('Invalid date format', { description: `"${String(value)}" is not a date that can be read. Name its format, or give an ISO date.` });
  return zone ? date.setZone(zone) : date;
}
