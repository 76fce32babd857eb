import { availableParallelism } from 'node:os';
import { systemClock, type Clock, type Logger } from '../../kernel/index.ts';
import { createCompilation, type CompiledTemplate } from './compilation.ts';
import { unitedReads } from './data-reads.ts';
import { createEnvelope, type Envelope, type Need } from './envelope.ts';
import { createIsolates, LimitExceeded, type Enter } from './isolates.ts';
import { readParameterTree } from './parameter-tree.ts';
import type { Resolved, Sandbox, Scope } from './port.ts';
import { sandboxSnapshot } from './snapshot.ts';

export interface SandboxOptions {
  /** Heap of one isolate. Too low: large items fail. Too high: one workflow can take that much of the machine. */
  readonly memoryMb: number;
  /** Of one call of `resolve` or `runCode`, in real time, waits for timers included. */
  readonly timeoutMs: number;
  readonly log: Logger;
  /** Jobs at the same time; each is a thread and a heap. */
  readonly isolates?: number;
  /** Only for `setTimeout` in Code nodes. */
  readonly clock?: Clock;
}

/** What one pass through the inside says: rows by item, or what it lacked. */
interface Outcome {
  readonly rows: readonly (readonly unknown[] | null)[];
  readonly rest: {
    readonly failures: readonly (readonly [number, Failure])[];
    /** Values that JSON cannot carry: row, column, which. */
    readonly marks: readonly (readonly [number, number, string])[];
    readonly console?: readonly string[];
    readonly staticData?: Record<string, unknown>;
  };
}

type Answer = Outcome | { readonly needs: readonly Need[] };
type Failure = (Resolved & { ok: false })['error'];

/** Each round answers all that the last one lacked; chained hashes or expressions need one a link. */
const MOST_ROUNDS = 64;

/** @returns a sandbox that starts its first isolate with its first job. */
export function createSandbox({ memoryMb, timeoutMs, log, isolates: count = Math.max(2, Math.min(4, availableParallelism())), clock = systemClock }: SandboxOptions): Sandbox {
  const snapshot = sandboxSnapshot();
  const compilation = createCompilation(snapshot.vocabulary);
  const isolates = createIsolates(snapshot, { memoryMb, timeoutMs, isolates: count }, log);
  const limits = { memoryMb, timeoutMs };

  async function resolve(parameters: unknown, scope: Scope, itemIndexes: readonly number[]): Promise<Resolved[]> {
    const tree = readParameterTree(parameters);
    const templates = tree.templates.map((source) => compilation.template(source));
    const refused = templates.find(({ error }) => error !== undefined)?.error;
    if (refused !== undefined) return itemIndexes.map(() => ({ ok: false, error: refused }));
    const fixed = fixedValues(templates);
    if (fixed !== undefined) return itemIndexes.map(() => ({ ok: true, value: tree.rebuild(fixed) }));
    const job = { reads: unitedReads(templates.map(({ reads }) => reads)), itemIndexes, facts: plan(templates) };
    const envelope = createEnvelope(scope, job, compilation);
    try {
      const outcome = await isolates.run({ kind: 'expressions', executionId: scope.execution.id }, (enter) => inRounds(envelope, (texts) => enter('expressions', ...texts)));
      return settled(outcome, itemIndexes.length).map((row) => (row.ok ? { ok: true, value: tree.rebuild(row.value) } : row));
    } catch (error) {
      const failure = failureOfLimit(error, `The expressions of node '${scope.node.name}'`, limits);
      return itemIndexes.map(() => ({ ok: false, error: failure }));
    }
  }

  const runCode: Sandbox['runCode'] = async ({ source, mode, scope, itemIndexes }) => {
    const { reads, syntaxErrorLine } = compilation.code(source);
    const everything = { ...reads, names: new Set([...reads.names, '$input']) };
    const envelope = createEnvelope(scope, { reads: everything, itemIndexes, facts: { code: source, mode, syntaxErrorLine } }, compilation);
    const results = mode === 'eachItem' ? itemIndexes.length : 1;
    // Every round has a context of its own: what the code changed before it lacked something must not show.
    const once = (texts: readonly string[]) => isolates.run({ kind: 'code', executionId: scope.execution.id }, (enter, remainingMs) => throughTimers(enter, texts, { remainingMs, clock }));
    try {
      const outcome = await inRounds(envelope, once);
      const rows = settled(outcome, results).map((row): Resolved => (row.ok ? { ok: true, value: row.value[0] } : row));
      return { results: rows, console: outcome.rest.console ?? [], staticData: outcome.rest.staticData ?? scope.staticData };
    } catch (error) {
      const failure = failureOfLimit(error, `The code of node '${scope.node.name}'`, limits);
      return { results: Array.from({ length: results }, () => ({ ok: false as const, error: failure })), console: [], staticData: scope.staticData };
    }
  };

  return { resolve, runCode, close: () => isolates.close() };
}

/** The values when no template holds code, so that nothing has to cross. */
function fixedValues(templates: readonly CompiledTemplate[]): string[] | undefined {
  const texts = templates.map(({ parts }) => parts.every((part) => typeof part === 'string') ? parts.join('') : undefined);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** Distinct sources once, templates as texts and positions of sources. */
function plan(templates: readonly CompiledTemplate[]): { sources: string[]; templates: (string | number)[][] } {
  const positions = new Map<string, number>();
  const position = (source: string) => {
    const known = positions.get(source) ?? positions.size;
    positions.set(source, known);
    return known;
  };
  const planned = templates.map(({ parts }) => parts.map((part) => (typeof part === 'string' ? part : position(part.source))));
  return { sources: [...positions.keys()], templates: planned };
}

/** Repeats a job, each time with all it lacked before. Jobs are pure, so a repetition is never noticed. */
async function inRounds(envelope: Envelope, pass: (texts: readonly string[]) => Promise<string>): Promise<Outcome> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const answer = readAnswer(await pass(envelope.texts()));
    if (!('needs' in answer)) return answer;
    envelope.answer(answer.needs);
  }
  throw new LimitExceeded('rounds');
}

/** A key `__proto__` is dropped: whoever merges the value later must not set a prototype by it. */
function readAnswer(text: string): Answer {
  return (text.includes('"__proto__"') ? JSON.parse(text, (key, value: unknown) => (key === '__proto__' ? undefined : value)) : JSON.parse(text)) as Answer;
}

type CodeState = Answer | { readonly waitMs: number } | { readonly stuck: true };

/** Starts the code and comes back to it whenever one of its timers is due. */
async function throughTimers(enter: Enter, texts: readonly string[], { remainingMs, clock }: { remainingMs: () => number; clock: Clock }): Promise<string> {
  await enter('code', ...texts);
  for (;;) {
    const text = await enter('state');
    const state = JSON.parse(text) as CodeState;
    if ('stuck' in state) return neverSettles();
    if (!('waitMs' in state)) return text;
    // Nothing else can happen before that timer, so waiting for the limit would be wasted.
    if (state.waitMs >= remainingMs()) throw new LimitExceeded('time');
    await clock.sleep(state.waitMs);
    await enter('fire');
  }
}

function neverSettles(): string {
  const error = { name: 'Error', message: 'The code waits for a promise that nothing will ever settle' };
  return JSON.stringify({ rows: [null], rest: { failures: [[0, error]], marks: [] } });
}

/** One entry a row: its values with the marks put back, or its error. */
function settled({ rows, rest }: Outcome, expected: number): ({ ok: true; value: unknown[] } | { ok: false; error: Failure })[] {
  const failures = new Map(rest.failures);
  const everyRow = failures.get(0);
  const values = rows.map((row) => (row === null ? [] : [...row]));
  for (const [row, column, mark] of rest.marks) values[row]![column] = mark === 'undefined' ? undefined : Number(mark);
  return Array.from({ length: expected }, (_, row) => {
    const error = failures.get(row) ?? (row < rows.length ? undefined : everyRow);
    return error === undefined ? { ok: true, value: values[row] ?? [] } : { ok: false, error };
  });
}

/** @throws what is not a limit: a fault of ours, or the sandbox being closed. */
function failureOfLimit(error: unknown, subject: string, { memoryMb, timeoutMs }: { memoryMb: number; timeoutMs: number }): Failure {
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
