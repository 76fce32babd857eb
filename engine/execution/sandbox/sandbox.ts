import { availableParallelism } from 'node:os';
import { systemClock, type Clock, type Logger } from '../../kernel/index.ts';
import { createCompilation, type Compilation, type CompiledTemplate } from './compilation.ts';
import { unitedReads } from './data-reads.ts';
import { createEnvelope, type Envelope } from './envelope.ts';
import { failureOfLimit, MOST_ROUNDS, readAnswer, settledRows, type CodeState, type Outcome } from './outcome.ts';
import { readParameterTree } from './parameter-tree.ts';
import { createPool, type Pool, type Visit } from './pool.ts';
import type { Resolved, Sandbox } from './port.ts';
import { LimitExceeded } from './processes.ts';

export interface SandboxOptions {
  /** Heap of one isolate. Too low: large items fail. Too high: one workflow can take that much of the machine. */
  readonly memoryMb: number;
  /** Of one call of `resolve` or `runCode`, in real time, waits for timers included. */
  readonly timeoutMs: number;
  readonly log: Logger;
  /** Jobs at the same time; each has a process of its own, about 70 MB at rest. */
  readonly processes?: number;
  /** Only for `setTimeout` in Code nodes. */
  readonly clock?: Clock;
}

interface Workshop {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly limits: { readonly memoryMb: number; readonly timeoutMs: number };
  /** Waits for the first process, which knows the names to compile against. */
  readonly compilation: () => Promise<Compilation>;
}

/** @returns a sandbox whose first process is starting; `close` ends them all. */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { memoryMb, timeoutMs, log, processes = Math.max(2, Math.min(4, availableParallelism())), clock = systemClock } = options;
  const pool = createPool({ memoryMb, timeoutMs, processes, log });
  let known: Compilation | undefined;
  const compilation = async () => (known ??= createCompilation(await pool.vocabulary()));
  const workshop: Workshop = { pool, clock, limits: { memoryMb, timeoutMs }, compilation };
  return {
    resolve: (parameters, scope, itemIndexes) => resolve(workshop, parameters, { scope, itemIndexes }),
    runCode: (code) => runCode(workshop, code),
    close: () => pool.close(),
  };
}

type ItemsOfScope = { scope: Parameters<Sandbox['resolve']>[1]; itemIndexes: readonly number[] };

async function resolve({ pool, limits, ...workshop }: Workshop, parameters: unknown, { scope, itemIndexes }: ItemsOfScope): Promise<Resolved[]> {
  const tree = readParameterTree(parameters);
  const compilation = await workshop.compilation();
  const templates = tree.templates.map((source) => compilation.template(source));
  const refused = templates.find(({ error }) => error !== undefined)?.error;
  if (refused !== undefined) return itemIndexes.map(() => ({ ok: false, error: refused }));
  const fixed = fixedValues(templates);
  if (fixed !== undefined) return itemIndexes.map(() => ({ ok: true, value: tree.rebuild(fixed) }));
  const job = { reads: unitedReads(templates.map(({ reads }) => reads)), itemIndexes, facts: plan(templates) };
  const envelope = createEnvelope(scope, job, compilation);
  try {
    const outcome = await pool.run(scope.execution.id, ({ enter }) => inRounds(envelope, (texts) => enter('expressions', ...texts)));
    return settledRows(outcome, itemIndexes.length).map((row) => (row.ok ? { ok: true, value: tree.rebuild(row.values) } : row));
  } catch (error) {
    const failure = failureOfLimit(error, `The expressions of node '${scope.node.name}'`, limits);
    return itemIndexes.map(() => ({ ok: false, error: failure }));
  }
}

const runCode = async ({ pool, clock, limits, ...workshop }: Workshop, { source, mode, scope, itemIndexes }: Parameters<Sandbox['runCode']>[0]): ReturnType<Sandbox['runCode']> => {
  const compilation = await workshop.compilation();
  const { reads, syntaxErrorLine } = compilation.code(source);
  const everyItem = { ...reads, names: new Set([...reads.names, '$input']) };
  const envelope = createEnvelope(scope, { reads: everyItem, itemIndexes, facts: { code: source, mode, syntaxErrorLine } }, compilation);
  const results = mode === 'eachItem' ? itemIndexes.length : 1;
  try {
    // Each round starts anew in a context of its own: what the code changed before it lacked something must not show.
    const outcome = await pool.run(scope.execution.id, (visit) => inRounds(envelope, (texts) => throughTimers(visit, clock, texts)));
    const rows = settledRows(outcome, results).map((row): Resolved => (row.ok ? { ok: true, value: row.values[0] } : row));
    return { results: rows, console: outcome.rest.console ?? [], staticData: outcome.rest.staticData ?? scope.staticData };
  } catch (error) {
    const failure = failureOfLimit(error, `The code of node '${scope.node.name}'`, limits);
    return { results: Array.from({ length: results }, () => ({ ok: false as const, error: failure })), console: [], staticData: scope.staticData };
  }
};

/** The values when no template holds code, so that nothing has to cross. */
function fixedValues(templates: readonly CompiledTemplate[]): string[] | undefined {
  const texts = templates.map(({ parts }) => (parts.every((part) => typeof part === 'string') ? parts.join('') : undefined));
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

/** Starts the code and comes back to it whenever one of its timers is due. */
async function throughTimers({ enter, remainingMs }: Visit, clock: Clock, texts: readonly string[]): Promise<string> {
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
