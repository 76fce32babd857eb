/** How two pieces of data become one: shared by Merge and Compare Datasets. */
import { isDeepStrictEqual } from 'node:util';
import type { Item, PairedItem } from '../sandbox/port.ts';

type Fields = Record<string, unknown>;

export interface ClashHandling {
  readonly resolveClash?: string;
  readonly mergeMode?: 'deepMerge' | 'shallowMerge';
  readonly overrideEmpty?: boolean;
}

export type Combine = (...sources: readonly (Fields | undefined)[]) => Fields;

/** Later sources win; nested ones are merged unless shallow; with `overrideEmpty` an empty value never wins. */
export function combineWith({ mergeMode, overrideEmpty = false }: ClashHandling): Combine {
  const keep = (value: unknown) => value === undefined || (overrideEmpty && (value === null || value === ''));
  return (...sources) => {
    const result: Fields = {};
    for (const source of sources) mergeInto(result, source ?? {}, { keep, deep: mergeMode !== 'shallowMerge' });
    return result;
  };
}

interface Manner {
  readonly keep: (value: unknown) => boolean;
  readonly deep: boolean;
}

const isBag = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

function mergeInto(target: Fields, source: Fields, manner: Manner): void {
  for (const [name, value] of Object.entries(source)) {
    if (name === '__proto__' || (manner.keep(value) && Object.hasOwn(target, name))) continue;
    const present = target[name];
    if (!manner.deep || !isBag(value)) target[name] = value;
    else if (isBag(present) && Array.isArray(present) === Array.isArray(value)) mergeInto(present, value, manner);
    else target[name] = structuredClone(value);
  }
}

/** The links of several items together. */
export const linksOf = (...items: readonly (Item | undefined)[]) => items.flatMap((item) => item?.pairedItem ?? []) as PairedItem[];

/** `name` becomes `name_1`, so that fields of one name live side by side. */
export function suffixed(item: Item, suffix: string | number): Item {
  return { ...item, json: Object.fromEntries(Object.entries(item.json).map(([name, value]) => [`${name}_${suffix}`, value])) };
}

export function combineItems(combine: Combine, items: readonly Item[]): Item {
  const binary = combine(...items.map((item) => item.binary)) as Item['binary'] & object;
  return { json: combine(...items.map((item) => item.json)), ...(Object.keys(binary).length > 0 && { binary }), pairedItem: linksOf(...items) };
}

export type Compare = (left: unknown, right: unknown) => boolean;

export const exactly: Compare = (left, right) => isDeepStrictEqual(left, right);

const isEmpty = (value: unknown) => value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/**
 * Equal as people see it: empty values equal each other, numbers and booleans equal their text and each other.
 * From version 2 on null also equals 0.
 */
export function fuzzily(version = 1): Compare {
  return (left, right) => {
    if (left !== null && right !== null && typeof left === typeof right) return exactly(left, right);
    if (version >= 2 && ((left === null && isZero(right)) || (right === null && isZero(left)))) return true;
    if (isEmpty(left) && isEmpty(right)) return true;
    return alike(left, right) || alike(right, left) || alikeAsJson(left, right) || alikeAsJson(right, left);
  };
}

const isZero = (value: unknown) => value === 0 || value === '0';

function alike(left: unknown, right: unknown): boolean {
  if (typeof left === 'number' && typeof right === 'string') return String(left) === right.trim();
  if (typeof left !== 'boolean') return false;
  if (typeof right === 'number') return left === (right === 1) && (right === 0 || right === 1);
  if (typeof right !== 'string') return false;
  const text = right.trim().toLowerCase();
  return left ? text === 'true' || text === '1' : text === 'false' || text === '0';
}

function alikeAsJson(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || left === null || typeof right !== 'string') return false;
  try {
    return exactly(left, JSON.parse(right));
  } catch {
    return false;
  }
}
