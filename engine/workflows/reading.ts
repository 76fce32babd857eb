/** Reads fields of a foreign document: a missing one takes its default and is noted, a wrong one becomes an issue. */
import { LIMITS } from './bounds.ts';
import type { Issue } from './errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands there, short enough for a message and without its content, which may be a secret. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return value === '' ? 'empty text' : 'text';
  if (typeof value === 'object') return 'an object';
  return `the ${typeof value} ${String(value)}`;
}

/** Collects what is wrong with one document; the answer lists all of it together. */
export interface Findings {
  readonly issues: Issue[];
  wrong(path: string, value: unknown, expected: string): void;
}

export function createFindings(): Findings {
  const issues: Issue[] = [];
  return {
    issues,
    wrong: (path, value, expected) => {
      if (issues.length < LIMITS.issues) issues.push({ path, found: describeValue(value), expected });
    },
  };
}

/** A reader of one object's fields. null is read as absent: exports write it for "not set". */
export interface Reader {
  text(field: string, fallback: string): string;
  number(field: string, fallback: number): number;
  flag(field: string): boolean;
  fields(field: string): Fields;
  /** Names of fields that were absent and took a default that matters. */
  readonly defaulted: readonly string[];
}

export function createReader(source: Fields, path: string, findings: Findings): Reader {
  const defaulted: string[] = [];
  const absent = (field: string) => source[field] === undefined || source[field] === null;
  const read = <T>(field: string, fallback: T, convert: (value: unknown) => T | undefined, expected: string): T => {
    if (absent(field)) {
      defaulted.push(field);
      return fallback;
    }
    const converted = convert(source[field]);
    if (converted === undefined) findings.wrong(`${path}.${field}`, source[field], expected);
    return converted ?? fallback;
  };
  return {
    defaulted,
    text: (field, fallback) => read(field, fallback, textOf, 'text'),
    number: (field, fallback) => read(field, fallback, numberOf, 'a number'),
    flag: (field) => (absent(field) ? false : read(field, false, (value) => (typeof value === 'boolean' ? value : undefined), 'true or false')),
    fields: (field) => read(field, {}, (value) => (isFields(value) ? value : undefined), 'an object'),
  };
}

/** Some exports write ids and names as numbers. */
const textOf = (value: unknown) => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined);

/** Old exports write numbers as text. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
