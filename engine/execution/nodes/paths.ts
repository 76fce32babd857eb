/** Reading and writing fields by path: `a.b`, `a[0].b`, `a["b c"]`; a field whose very name is the path wins. */
type Bag = Record<string | number, unknown>;

const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

export function splitPath(path: string): string[] {
  return [...path.matchAll(/[^.[\]]+|\[(["'])(.*?)\1\]/g)].map(([whole, quote, quoted]) => (quote ? (quoted ?? '') : whole));
}

const isBag = (value: unknown): value is Bag => typeof value === 'object' && value !== null;

export function getPath(from: unknown, path: string): unknown {
  if (isBag(from) && Object.hasOwn(from, path)) return from[path];
  let value = from;
  for (const part of splitPath(path)) {
    if (typeof value === 'string' && part === 'length') return value.length;
    if (!isBag(value) || !(Object.hasOwn(value, part) || (Array.isArray(value) && part === 'length'))) return undefined;
    value = value[part];
  }
  return value;
}

export function hasPath(from: unknown, path: string): boolean {
  if (isBag(from) && Object.hasOwn(from, path)) return true;
  let value = from;
  for (const part of splitPath(path)) {
    if (!isBag(value) || !Object.hasOwn(value, part)) return false;
    value = value[part];
  }
  return true;
}

/** Writes into `into`, making objects, or arrays before a number, on the way. */
export function setPath(into: Record<string, unknown>, path: string, value: unknown): void {
  if (Object.hasOwn(into, path)) return void (into[path] = value);
  const parts = splitPath(path);
  if (parts.some((part) => forbidden.has(part))) return;
  let bag = into as Bag;
  for (const [index, part] of parts.slice(0, -1).entries()) {
    const next = Object.hasOwn(bag, part) ? bag[part] : undefined;
    if (!isBag(next)) bag[part] = /^\d+$/.test(parts[index + 1] ?? '') ? [] : {};
    bag = bag[part] as Bag;
  }
  const last = parts.at(-1);
  if (last !== undefined) bag[last] = value;
}

export function unsetPath(from: Record<string, unknown>, path: string): void {
  if (Object.hasOwn(from, path)) return void delete from[path];
  const parts = splitPath(path);
  const last = parts.pop();
  let bag: unknown = from;
  for (const part of parts) bag = isBag(bag) && Object.hasOwn(bag, part) ? bag[part] : undefined;
  if (isBag(bag) && last !== undefined) delete bag[last];
}

/** Names from `a, b ,c`, from a list, or from the older `{fields: [{fieldName}]}`; empty ones are dropped. */
export function fieldNames(value: unknown): string[] {
  const fields = isBag(value) && Array.isArray(value['fields']) ? value['fields'].map((field) => (field as Bag)['fieldName']) : value;
  const list = Array.isArray(fields) ? fields : isBag(fields) ? [] : String(fields ?? '').split(',');
  return list.map((name) => String(name).trim()).filter((name) => name !== '');
}

/** Node code changes copies only: inputs belong to the run's history. */
export function copy<T>(value: T): T {
  return structuredClone(value);
}
