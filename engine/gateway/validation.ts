/**
 * Checks what a client sent against the route's schemas. All faults are reported together, and what is found is
 * described, never repeated: a wrong password must not come back in an error.
 */
import type { z } from 'zod';
import type { RouteDefinition, RouteInput } from '../kernel/index.ts';
import { requestInvalid, type Fault } from './errors.ts';

/** n8n documents stay below 40; deeper ones exist to exhaust the stack of whoever walks them. */
const DEEPEST = 200;

type Part = 'params' | 'query' | 'body';
type Issue = z.core.$ZodIssue;

export function describeFound(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `text of ${value.length} characters`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'number' || typeof value === 'boolean') return `${typeof value} ${value}`;
  return typeof value === 'object' ? `an object with ${Object.keys(value).length} fields` : typeof value;
}

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined), root);

const pathOf = (part: Part, path: readonly PropertyKey[]) => [part, ...path.map(String)].join('.');

function faultsOf(part: Part, root: unknown, issue: Issue): Fault[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: pathOf(part, [...issue.path, key]), found: 'a field that is not known here', expected: 'no such field' }));
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // Of several forms, the one that fits best says most about what was meant.
    const nearest = issue.errors.reduce((best, each) => (each.length < best.length ? each : best));
    if (nearest.length > 0) return nearest.flatMap((inner) => faultsOf(part, root, { ...inner, path: [...issue.path, ...inner.path] } as Issue));
  }
  return [{ path: pathOf(part, issue.path), found: describeFound(valueAt(root, issue.path)), expected: issue.message }];
}

/** What JSON allows and PostgreSQL cannot store as text or jsonb, and nesting that would break whoever recurses. */
function whyUnstorable(value: unknown, depth: number): string | undefined {
  if (depth > DEEPEST) return `at most ${DEEPEST} levels of nesting`;
  if (typeof value !== 'string') return undefined;
  if (value.includes('\0')) return 'text without the NUL character';
  return value.isWellFormed() ? undefined : 'text without halves of surrogate pairs';
}

function childrenOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** The first value that could not be stored; without recursion, because the input may be hostile. */
function unstorable(part: Part, root: unknown): Fault[] {
  const open: { value: unknown; path: string; depth: number }[] = [{ value: root, path: part, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path, depth } = next;
    const expected = whyUnstorable(value, depth);
    if (expected) return [{ path, found: depth > DEEPEST ? 'deeper nesting' : describeFound(value), expected }];
    for (const [key, child] of childrenOf(value)) {
      const wrongKey = whyUnstorable(key, depth);
      if (wrongKey) return [{ path, found: 'a field name that cannot be stored', expected: wrongKey }];
      open.push({ value: child, path: depth < 8 ? `${path}.${key}` : path, depth: depth + 1 });
    }
  }
  return [];
}

function check(part: Part, schema: z.ZodType | undefined, value: unknown): { value?: unknown; faults: Fault[] } {
  const hostile = unstorable(part, value);
  if (hostile.length > 0) return { faults: hostile };
  if (!schema) return { value, faults: [] };
  const parsed = schema.safeParse(value);
  return parsed.success ? { value: parsed.data, faults: [] } : { faults: parsed.error.issues.flatMap((issue) => faultsOf(part, value, issue)) };
}

/** Throws REQUEST_INVALID with every fault of path, query and body. */
export function validate(route: Pick<RouteDefinition, Part>, sent: Record<Part, unknown>): RouteInput<unknown, unknown, unknown> {
  const params = check('params', route.params, sent.params);
  const query = check('query', route.query, sent.query);
  const body = check('body', route.body, sent.body);
  const faults = [...params.faults, ...query.faults, ...body.faults];
  if (faults.length > 0) throw requestInvalid({ faults });
  return { params: params.value, query: query.value, body: body.value };
}
