/**
 * Patterns that users write, kept from stopping the process: `^(a+)+$` on forty letters would run for years, on the
 * one thread that carries everybody's executions.
 */
import { createContext, Script } from 'node:vm';
import { NodeFault } from './fault.ts';

/** Of all patterns in one turn of the event loop. Too low: long lists fail. Too high: the lease is not renewed in time. */
const MOST_MS = 1_000;
/** Ways to match that are tried without a watch, which costs a quarter of a millisecond: at most some 50 ms. */
const MOST_WAYS = 1e7;

// A context for its timeout alone, which stops V8 within a pattern too; nothing of the user's is evaluated in it.
const context = createContext({ pattern: /x/, text: '', replacement: '' }) as { pattern: RegExp; text: string; replacement: string };
const [testing, replacing] = [new Script('pattern.test(text)'), new Script('text.replace(pattern, replacement)')];

let spentMs = 0;

/** A turn is what others wait for, so each has a budget of its own. */
function budgetMs(): number {
  if (spentMs === 0) setImmediate(() => void (spentMs = 0)).unref();
  return Math.floor(MOST_MS - spentMs);
}

/** Each repetition and each choice may be tried at each place of the text; repeated groups and references may be worse. */
function isHarmless({ source }: RegExp, text: string): boolean {
  if (/\)[*+?{]|\\[1-9k]/.test(source)) return false;
  const choices = source.match(/[*+?{|]/g)?.length ?? 0;
  return (text.length + 1) ** (choices + 1) <= MOST_WAYS;
}

function within<T>(work: { readonly script: Script; readonly direct: () => T }, pattern: RegExp, text: string, replacement = ''): T {
  const timeout = budgetMs();
  const startedAt = performance.now();
  try {
    if (timeout < 1) throw tooSlow(pattern);
    if (isHarmless(pattern, text)) return work.direct();
    Object.assign(context, { pattern, text, replacement });
    return work.script.runInContext(context, { timeout }) as T;
  } catch (error) {
    throw (error as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? tooSlow(pattern) : error;
  } finally {
    spentMs += Math.max(performance.now() - startedAt, Number.MIN_VALUE);
  }
}

const tooSlow = ({ source }: RegExp) =>
  new NodeFault(`The regular expression "${source.slice(0, 200)}" takes too long`, {
    name: 'PatternTooSlow',
    description: `All patterns of a step together may take about ${MOST_MS} ms. Avoid repetitions of repetitions, such as (a+)+, or match fewer and shorter texts at a time.`,
  });

/** Throws NodeFault when the patterns of this turn took too long. */
export const matches = (pattern: RegExp, text: string): boolean =>
  within({ script: testing, direct: () => pattern.test(text) }, pattern, text);

/** As `matches`; the replacement is written as in String.replace. */
export const replaced = (pattern: RegExp, text: string, replacement: string): string =>
  within({ script: replacing, direct: () => text.replace(pattern, replacement) }, pattern, text, replacement);

/** A pattern as users write it: `/a+/gi` or the bare source. Throws NodeFault when it is no regular expression. */
export function regexFrom(pattern: unknown): RegExp {
  const text = String(pattern ?? '');
  const [, source, flags] = /^\/(.*?)\/([a-z]*)$/s.exec(text) ?? [];
  try {
    return source === undefined ? new RegExp(text) : new RegExp(source, flags);
  } catch {
    throw new NodeFault(`"${text}" is not a valid regular expression`);
  }
}
