/**
 * How large and how strange a document may be before anything else looks at it. The walk is iterative and
 * stops at the first limit, so hostile nesting costs neither stack nor time.
 *
 * The limits stand far above what people build: of 2,387 public workflows the largest has 246 nodes and is
 * 15 levels deep.
 */
import type { Issue } from './errors.ts';

export const LIMITS = {
  depth: 64,
  /** Objects, arrays and scalars together. */
  values: 400_000,
  /** UTF-16 units of all keys and strings together. */
  characters: 10_000_000,
  nodes: 2_000,
  connections: 20_000,
  /** Slots of one output or input type of a node; also the highest index that a connection may name. */
  slots: 256,
  nodeName: 255,
  nodeType: 255,
  /** Issues listed in one answer. */
  issues: 50,
} as const;

/** Assigning this key changes an object's prototype; no n8n field is called so. */
const FORBIDDEN_KEY = '__proto__';

interface Visit {
  readonly value: unknown;
  readonly depth: number;
  readonly path: string;
}

const childPath = (path: string, key: string, list: boolean) =>
  list ? `${path}[${key}]` : /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key.slice(0, 80))}]`;

/** PostgreSQL's jsonb holds neither NUL nor half a surrogate pair. */
function textFault(text: string): string | undefined {
  if (text.includes('\u0000')) return 'text with the character U+0000';
  if (!text.isWellFormed()) return 'text with half a surrogate pair';
  return undefined;
}

function children({ value, depth, path }: Visit): Visit[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([key, child]) => ({ value: child, depth: depth + 1, path: childPath(path, key, Array.isArray(value)) }));
}

function faultOf({ value, depth, path }: Visit): Issue | undefined {
  if (depth > LIMITS.depth) return { path: path.slice(0, 200), found: `nested deeper than ${LIMITS.depth} levels`, expected: `at most ${LIMITS.depth} levels` };
  if (typeof value === 'string') {
    const found = textFault(value);
    return found ? { path, found, expected: 'well-formed Unicode text' } : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const strange = Object.keys(value).find((key) => key === FORBIDDEN_KEY || textFault(key));
  return strange === undefined ? undefined : { path, found: 'an object with a forbidden or malformed key', expected: `keys that are well-formed text and not ${FORBIDDEN_KEY}` };
}

const weightOf = (value: unknown) =>
  typeof value === 'string' ? value.length
  : typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value).reduce((sum, key) => sum + key.length, 0)
  : 0;

/** The first limit that `document` breaks, or undefined. */
export function brokenLimit(document: unknown, path: string): Issue | undefined {
  const open: Visit[] = [{ value: document, depth: 0, path }];
  let values = 0;
  let characters = 0;
  for (let visit = open.pop(); visit; visit = open.pop()) {
    values += 1;
    characters += weightOf(visit.value);
    if (values > LIMITS.values) return { path, found: `more than ${LIMITS.values} values`, expected: `at most ${LIMITS.values}` };
    if (characters > LIMITS.characters) return { path, found: `more than ${LIMITS.characters} characters of text`, expected: `at most ${LIMITS.characters}` };
    const fault = faultOf(visit);
    if (fault) return fault;
    for (const child of children(visit)) open.push(child);
  }
  return undefined;
}
