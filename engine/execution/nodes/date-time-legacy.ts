/** Date & Time 1: formats a date, or adds to it. */
import { DateTime, type DurationLike } from 'luxon';
import type { Item } from '../sandbox/port.ts';
import { NodeFault } from './fault.ts';
import { parseDate } from './field-types.ts';
import { formatMoment, parseMoment } from './moment-formats.ts';
import { derived, eachItem, type NodeType } from './node-type.ts';
import { amount, anything, choice, flag, options, text } from './parameters.ts';
import { copy, setPath } from './paths.ts';
import type { Values } from './values.ts';

const patterns = ['MM/DD/YYYY', 'YYYY/MM/DD', 'MMMM DD YYYY', 'MM-DD-YYYY', 'YYYY-MM-DD', 'X', 'x'];

export const dateTimeV1: NodeType = {
  types: ['n8n-nodes-base.dateTime'],
  versions: [1],
  kind: 'pure',
  resolves: 'each',
  parameters: [
    choice('action', 'format', ['calculate', 'format']),
    anything('value', '', { required: true }),
    text('dataPropertyName', 'data', { required: true }),
    flag('custom', false, { show: { action: ['format'] } }),
    text('toFormat', '', { show: { action: ['format'], custom: [true] } }),
    choice('toFormat', 'MM/DD/YYYY', patterns, { show: { action: ['format'], custom: [false] } }),
    choice('operation', 'add', ['add', 'subtract'], { show: { action: ['calculate'] } }),
    amount('duration', 0, { show: { action: ['calculate'] } }),
    choice('timeUnit', 'days', ['quarters', 'years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds', 'milliseconds'], { show: { action: ['calculate'] } }),
    options([text('fromFormat'), text('fromTimezone', 'UTC'), text('toTimezone', 'UTC')]),
  ],
  async execute(call) {
    return [await eachItem(call, (item, index, parameters) => [dated(item, index, { parameters, timezone: call.environment.timezone })])];
  },
};

function dated(item: Item, index: number, { parameters, timezone }: { parameters: Values; timezone: string }): Item {
  const value = parameters.raw('value');
  if (value === undefined || value === null) return item;
  const json = copy(item.json);
  const result = parameters.text('action') === 'format' ? formatted(value, parameters, timezone) : calculated(value, parameters);
  setPath(json, parameters.text('dataPropertyName', 'data'), result);
  return derived(item, index, json);
}

function formatted(value: unknown, parameters: Values, timezone: string): string {
  const from = parameters.text('options.fromTimezone');
  const to = parameters.text('options.toTimezone');
  const date = read(value, { format: parameters.text('options.fromFormat'), zone: from || (to ? timezone : 'UTC') });
  if (!date.isValid) throw new NodeFault('The date input format could not be recognized. Please set the "From Format" field');
  return formatMoment(from || to ? date.setZone(to || timezone) : date, parameters.text('toFormat'));
}

/** Counts of seconds have fewer digits than counts of milliseconds from 1990 on. */
const digitsOfMilliseconds = 12;

function read(value: unknown, { format, zone }: { format: string; zone: string }): DateTime {
  const numeric = typeof value === 'number' || /^-?\d+(\.\d+)?$/.test(String(value).trim());
  if (typeof value === 'number' || (numeric && (!format || format === 'x' || format === 'X'))) return fromCount(Number(value), zone);
  if (format) return parseMoment(String(value), format, zone);
  // Only ISO and SQL texts are read in the zone; others go by the engine's, which is UTC.
  const iso = DateTime.fromISO(String(value), { zone, setZone: false });
  return iso.isValid ? iso : (parseDate(value, 'UTC')?.setZone(zone) ?? DateTime.invalid('unreadable'));
}

export function fromCount(count: number, zone: string): DateTime {
  const milliseconds = String(Math.trunc(Math.abs(count))).length < digitsOfMilliseconds ? count * 1000 : count;
  return DateTime.fromMillis(Math.round(milliseconds), { zone });
}

function calculated(value: unknown, parameters: Values): string | null {
  const date = read(value, { format: parameters.text('options.fromFormat'), zone: 'UTC' });
  if (!date.isValid) throw new NodeFault('Unrecognized date input. Please specify a format in the "From Format" field.');
  const duration: DurationLike = { [parameters.text('timeUnit')]: parameters.number('duration') };
  const result = parameters.text('operation') === 'add' ? date.plus(duration) : date.minus(duration);
  return result.toUTC().toISO();
}
