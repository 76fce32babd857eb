/** What comes back from the inside, checked and put into the port's words. */
import type { Need } from './envelope.ts';
import { LimitExceeded } from './processes.ts';
import type { Resolved } from './port.ts';

export type Failure = (Resolved & { ok: false })['error'];

/** One pass: rows by item, or what was lacking. */
export interface Outcome {
  readonly rows: readonly (readonly unknown[] | null)[];
  readonly rest: {
    readonly failures: readonly (readonly [number, Failure])[];
    /** Values that JSON cannot carry: row, column, which. */
    readonly marks: readonly (readonly [number, number, string])[];
    readonly console?: readonly string[];
    readonly staticData?: Record<string, unknown>;
  };
}

export type Answer = Outcome | { readonly needs: readonly Need[] };
export type CodeState = Answer | { readonly waitMs: number } | { readonly stuck: true };

/** Each round answers all that the last one lacked; chained hashes or expressions need one a link. */
export const MOST_ROUNDS = 64;

/** A key `__proto__` is dropped: whoever merges the value later must not set a prototype by it. */
export function readAnswer(text: string): Answer {
  return (text.includes('"__proto__"') ? JSON.parse(text, (key, value: unknown) => (key === '__proto__' ? undefined : value)) : JSON.parse(text)) as Answer;
}

export type SettledRow = { readonly ok: true; readonly values: readonly unknown[] } | { readonly ok: false; readonly error: Failure };

/** One entry an item. When the whole job failed there is one row only, and its error is everybody's. */
export function settledRows({ rows, rest }: Outcome, expected: number): SettledRow[] {
  const failures = new Map(rest.failures);
  const values = rows.map((row) => (row === null ? [] : [...row]));
  for (const [row, column, mark] of rest.marks) values[row]![column] = mark === 'undefined' ? undefined : Number(mark);
  return Array.from({ length: expected }, (_, row) => {
    const error = failures.get(row < rows.length ? row : 0);
    return error === undefined ? { ok: true, values: values[row] ?? [] } : { ok: false, error };
  });
}

/**
 * The failure that a limit means for the node named by `subject`.
 * @throws what is not a limit: a fault of ours, or the sandbox being closed.
 */
export function failureOfLimit(error: unknown, subject: string, { memoryMb, timeoutMs }: { memoryMb: number; timeoutMs: number }): Failure {
  if (!(error instanceof LimitExceeded)) throw error;
  switch (error.limit) {
    case 'time':
      return { name: 'SandboxTimeout', message: `${subject} did not finish within ${timeoutMs} ms`, description: 'Handle fewer items at a time, or look for a loop that does not end' };
    case 'memory':
      return { name: 'SandboxMemoryExceeded', message: `${subject} needed more than ${memoryMb} MB of memory`, description: 'Handle fewer or smaller items at a time' };
    case 'rounds':
      return { name: 'SandboxTooManyLookups', message: `${subject} had to be repeated more than ${MOST_ROUNDS} times for data they ask for one after the other`, description: 'Hash once, or write node names as plain text' };
  }
}
