/** Field types of n8n's documents: whether a value is of a type, or can be read as one. */
import { DateTime } from 'luxon';
import { parseRelaxedJson } from './relaxed-json.ts';

export type FieldType = 'string' | 'string-alphanumeric' | 'number' | 'boolean' | 'dateTime' | 'time' | 'object' | 'array' | 'binary' | 'url' | 'any';

export type Checked = { readonly valid: true; readonly value: unknown } | { readonly valid: false; readonly message: string };

export interface CheckOptions {
  /** Refuse what would have to be converted. */
  readonly strict?: boolean;
  /** Turn what is no string into one. */
  readonly parseStrings?: boolean;
}

/** Null and undefined are of every type. Messages name the field as n8n does. */
export function checkField(name: string, value: unknown, type: FieldType, options: CheckOptions = {}): Checked {
  if (value === null || value === undefined) return { valid: true, value };
  const read = readers[type](value, options);
  if (read !== unreadable) return { valid: true, value: read };
  return { valid: false, message: messageFor(name, value, type) };
}

export function describeValue(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'object' && value !== null) return 'object';
  return `'${String(value)}'`;
}

const unreadable = Symbol('unreadable');
type Reader = (value: unknown, options: CheckOptions) => unknown;

const readers: Record<FieldType, Reader> = {
  any: (value) => value,
  string: (value, { strict, parseStrings }) => (typeof value === 'string' ? value : strict && !parseStrings ? unreadable : parseStrings ? asText(value) : value),
  'string-alphanumeric': (value) => (typeof value === 'string' && /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(value) ? value : unreadable),
  number: (value, { strict }) => (typeof value === 'number' ? orUnreadable(value) : strict ? unreadable : orUnreadable(Number(value))),
  boolean: (value, { strict }) => (typeof value === 'boolean' ? value : strict ? unreadable : booleanFrom(value)),
  dateTime: (value) => parseDate(value) ?? unreadable,
  time: (value) => (typeof value === 'string' && /^\d{2}:\d{2}(:\d{2})?((-|\+)\d{2}((:?\d{2})?))?$/.test(value) ? value : unreadable),
  object: (value, { strict }) => (isPlain(value) ? value : strict ? unreadable : parsedIf(value, isPlain)),
  array: (value, { strict }) => (Array.isArray(value) ? value : strict ? unreadable : parsedIf(value, Array.isArray)),
  binary: (value) => (isPlain(value) && typeof value['mimeType'] === 'string' && ('data' in value || 'id' in value) ? value : unreadable),
  url: (value) => normaliseUrl(String(value)) ?? unreadable,
};

const isPlain = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const orUnreadable = (value: number) => (Number.isNaN(value) ? unreadable : value);
const asText = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));

function booleanFrom(value: unknown): unknown {
  const text = String(value).trim().toLowerCase();
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === '') return unreadable;
  const number = Number(value);
  return number === 0 || number === 1 ? number === 1 : unreadable;
}

function parsedIf(value: unknown, wanted: (value: unknown) => boolean): unknown {
  try {
    const parsed = parseRelaxedJson(String(value));
    return wanted(parsed) ? parsed : unreadable;
  } catch {
    return unreadable;
  }
}

/** ISO, HTTP, RFC 2822, SQL, then whatever the platform reads; undefined when nothing does. */
export function parseDate(value: unknown, zone?: string): DateTime | undefined {
  if (value instanceof Date) return valid(DateTime.fromJSDate(value, zone ? { zone } : {}));
  const text = String(value).trim();
  const options = { setZone: true, ...(zone && { zone }) };
  const readings = [
    () => DateTime.fromISO(text, options),
    () => DateTime.fromHTTP(text, options),
    () => DateTime.fromRFC2822(text, options),
    () => DateTime.fromSQL(text, options),
    () => DateTime.fromMillis(Date.parse(text), zone ? { zone } : {}),
  ];
  for (const read of readings) {
    const date = Number.isNaN(Date.parse(text)) && read === readings.at(-1) ? undefined : valid(read());
    if (date) return date;
  }
  return undefined;
}

const valid = (date: DateTime): DateTime | undefined => (date.isValid ? date : undefined);

/** The URL with a scheme, `https://` where it has none; undefined when it is none even then. */
export function normaliseUrl(value: string): string | undefined {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `https://${value}`;
  return URL.canParse(url) && !/\s/.test(url) ? url : undefined;
}

const dateHint =
  ' <br/><br/> Consider using <a href="https://moment.github.io/luxon/api-docs/index.html#datetimefromformat" target="_blank"><code>DateTime.fromFormat</code></a> to work with custom date formats.';

function messageFor(name: string, value: unknown, type: FieldType): string {
  const found = describeValue(value);
  if (type === 'string-alphanumeric') return 'Value is not a valid alphanumeric string, only letters, numbers and underscore allowed';
  if (type === 'time') return `'${name}' expects time (hh:mm:(:ss)) but we got ${found}.`;
  const message = `'${name}' expects a ${type} but we got ${found}`;
  if (type === 'dateTime') return message + dateHint;
  if (type === 'binary') return `${message}. Make sure the value is a valid binary data object with 'mimeType' and 'data' or 'id' property.`;
  return message;
}
