/**
 * Parameter declarations, and the defaults that a stored node leaves out: a parameter counts
 * only where its `show` and `hide` conditions hold, and then with its default unless the node says otherwise.
 */
import { getPath } from './paths.ts';

export type ParameterType = 'string' | 'number' | 'boolean' | 'options' | 'multiOptions' | 'json' | 'dateTime' | 'collection' | 'group' | 'any' | 'code';

/** Values by parameter name, `/absolute` from the node's root, or `@version`; a condition instead of a value as {_cnd: {gte: 2}}. */
export type Visibility = Readonly<Record<string, readonly unknown[]>>;

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly default: unknown;
  readonly required?: boolean;
  readonly options?: readonly unknown[];
  readonly show?: Visibility;
  readonly hide?: Visibility;
  /** Members of a collection: only those that the node stores exist. */
  readonly fields?: readonly Parameter[];
  /** Named lists (`multiple`) or single records of a group. */
  readonly groups?: Readonly<Record<string, readonly Parameter[]>>;
  readonly multiple?: boolean;
  /** JSON text with expressions inside: each is resolved alone, and objects are written into the text as JSON. */
  readonly pieces?: boolean;
}

type Extra = Partial<Omit<Parameter, 'name' | 'type' | 'default'>>;
type Tree = Record<string, unknown>;

export const text = (name: string, initial: unknown = '', extra: Extra = {}): Parameter => ({ name, type: 'string', default: initial, ...extra });
export const amount = (name: string, initial: unknown = 0, extra: Extra = {}): Parameter => ({ name, type: 'number', default: initial, ...extra });
export const flag = (name: string, initial = false, extra: Extra = {}): Parameter => ({ name, type: 'boolean', default: initial, ...extra });
export const choice = (name: string, initial: unknown, options: readonly unknown[], extra: Extra = {}): Parameter => ({ name, type: 'options', default: initial, options, ...extra });
export const json = (name: string, initial: unknown = '', extra: Extra = {}): Parameter => ({ name, type: 'json', default: initial, ...extra });
export const date = (name: string, initial: unknown = '', extra: Extra = {}): Parameter => ({ name, type: 'dateTime', default: initial, ...extra });
export const anything = (name: string, initial: unknown, extra: Extra = {}): Parameter => ({ name, type: 'any', default: initial, ...extra });
/** Source text that is never an expression. */
export const code = (name: string, extra: Extra = {}): Parameter => ({ name, type: 'code', default: '', ...extra });
export const options = (fields: readonly Parameter[], extra: Extra & { name?: string } = {}): Parameter => {
  const { name = 'options', ...rest } = extra;
  return { name, type: 'collection', default: {}, fields, ...rest };
};
export const lists = (name: string, groups: Readonly<Record<string, readonly Parameter[]>>, extra: Extra & { default?: unknown } = {}): Parameter => {
  const { default: initial = {}, ...rest } = extra;
  return { name, type: 'group', default: initial, groups, multiple: true, ...rest };
};
export const record = (name: string, groups: Readonly<Record<string, readonly Parameter[]>>, extra: Extra & { default?: unknown } = {}): Parameter => ({
  ...lists(name, groups, extra),
  multiple: false,
});

interface Place {
  readonly version: number;
  readonly root: Tree;
  /** Stored values on this level over the defaults of everything declared on it: what conditions read. */
  readonly level: Tree;
}

/** The node's parameters as they take effect; `stored` is not changed. */
export function withDefaults(declared: readonly Parameter[], stored: Readonly<Tree>, version: number): Tree {
  const root = overDefaults(declared, stored);
  return fill(declared, stored, { version, root, level: root });
}

/** The declarations that take effect for these values, for checks. */
export function visible(declared: readonly Parameter[], values: Readonly<Tree>, version: number): readonly Parameter[] {
  const root = overDefaults(declared, values);
  return declared.filter((parameter) => isShown(parameter, { version, root, level: root }));
}

function overDefaults(declared: readonly Parameter[], stored: Readonly<Tree>): Tree {
  const defaults: Tree = {};
  for (const { name, default: initial } of declared) if (!Object.hasOwn(defaults, name)) defaults[name] = initial;
  return { ...defaults, ...stored };
}

function fill(declared: readonly Parameter[], stored: Readonly<Tree>, place: Place): Tree {
  const filled: Tree = {};
  for (const parameter of declared) {
    const { name } = parameter;
    if (Object.hasOwn(filled, name) || !isShown(parameter, place)) continue;
    filled[name] = fillOne(parameter, Object.hasOwn(stored, name) ? stored[name] : parameter.default, place);
  }
  return filled;
}

function fillOne(parameter: Parameter, value: unknown, place: Place): unknown {
  if (!isTree(value)) return value;
  if (parameter.fields) return fillCollection(parameter.fields, value, place);
  if (!parameter.groups) return value;
  return Object.fromEntries(Object.entries(value).map(([group, entries]) => [group, fillGroup(parameter.groups?.[group], entries, place)]));
}

function fillCollection(fields: readonly Parameter[], value: Tree, place: Place): Tree {
  const present = fields.filter(({ name }) => Object.hasOwn(value, name));
  return fill(present, value, { ...place, level: overDefaults(fields, value) });
}

function fillGroup(fields: readonly Parameter[] | undefined, entries: unknown, place: Place): unknown {
  if (!fields) return entries;
  const one = (entry: unknown) => (isTree(entry) ? fill(fields, entry, { ...place, level: overDefaults(fields, entry) }) : entry);
  return Array.isArray(entries) ? entries.map(one) : one(entries);
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);
const isExpression = (value: unknown) => typeof value === 'string' && value.startsWith('=');

function isShown({ show, hide }: Parameter, place: Place): boolean {
  const shown = Object.entries(show ?? {}).every(([path, expected]) => {
    const found = lookUp(path, place);
    // What an expression will give is not known yet: the parameter may be needed.
    return found.some(isExpression) || found.some((value) => expected.some((one) => matches(value, one)));
  });
  const hidden = Object.entries(hide ?? {}).some(([path, unwanted]) => lookUp(path, place).some((value) => unwanted.some((one) => matches(value, one))));
  return shown && !hidden;
}

function lookUp(path: string, { version, root, level }: Place): unknown[] {
  const value = path === '@version' ? version : path === '@tool' ? false : path.startsWith('/') ? getPath(root, path.slice(1)) : getPath(level, path);
  return Array.isArray(value) ? value : [value];
}

const conditions: Record<string, (value: number & string, bound: number & string) => boolean> = {
  eq: (value, bound) => value === bound,
  not: (value, bound) => value !== bound,
  gte: (value, bound) => value >= bound,
  lte: (value, bound) => value <= bound,
  gt: (value, bound) => value > bound,
  lt: (value, bound) => value < bound,
};

function matches(value: unknown, expected: unknown): boolean {
  if (!isTree(expected) || !isTree(expected['_cnd'])) return value === expected;
  return Object.entries(expected['_cnd']).every(([name, bound]) => conditions[name]?.(value as never, bound as never) ?? false);
}
