/**
 * A few isolates, each serving one job at a time on a thread of its own: a job that loops or hoards memory
 * loses its isolate and disturbs nobody else.
 *
 * I1  A context serves one execution only. Expression contexts are frozen and kept for that execution's next
 *     node; the context of a Code node ends with the job.
 * I2  After a limit was hit the isolate is disposed, never used again; the next job finds a new one.
 * I3  Only text crosses, in both directions; no reference to anything of the host exists inside.
 *
 * Limits go by real time, not by the engine's clock: hostile code must not gain time when a clock stands still.
 */
import ivm from 'isolated-vm';
import type { Logger } from '../../kernel/index.ts';
import { sandboxClosed } from './errors.ts';
import type { Snapshot } from './snapshot.ts';

export type JobKind = 'expressions' | 'code';

/** Calls the inside: kind of call, envelope, further texts. Refuses with LimitExceeded. */
export type Enter = (call: JobKind | 'fire' | 'state', ...texts: readonly string[]) => Promise<string>;

export type Limit = 'time' | 'memory' | 'rounds';

export class LimitExceeded extends Error {
  readonly limit: Limit;
  constructor(limit: Limit) {
    super(`the ${limit} limit of the sandbox was reached`);
    this.limit = limit;
  }
}

export interface IsolateLimits {
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly isolates: number;
}

interface OpenContext {
  readonly context: ivm.Context;
  readonly entry: ivm.Reference<(...texts: string[]) => string>;
}

interface Worker {
  isolate: ivm.Isolate;
  /** The next context, made in the background while nobody waits for it. */
  spare: Promise<ivm.Context> | undefined;
  kept: { readonly executionId: string; readonly open: OpenContext } | undefined;
  busy: boolean;
}

export interface Isolates {
  /** Gives `work` an entrance that is its own until it settles. */
  run<Result>(job: { kind: JobKind; executionId: string }, work: (enter: Enter, remainingMs: () => number) => Promise<Result>): Promise<Result>;
  /** Waits for nothing: jobs under way fail. Safe twice. */
  close(): Promise<void>;
}

export function createIsolates(snapshot: Snapshot, limits: IsolateLimits, log: Logger): Isolates {
  const workers: Worker[] = [];
  const waiting: { take: (worker: Worker) => void; refuse: (error: Error) => void }[] = [];
  let closed = false;

  const newIsolate = () =>
    new ivm.Isolate({
      memoryLimit: limits.memoryMb,
      snapshot: snapshot.heap,
      onCatastrophicError: (message) => log.error({ message }, 'an isolate failed beyond repair; this process should be replaced'),
    });

  const idleFor = (executionId: string): Worker | undefined => {
    const idle = workers.filter(({ busy }) => !busy);
    const fitting = idle.find(({ kept }) => kept?.executionId === executionId) ?? idle.find(({ kept }) => kept === undefined);
    if (fitting !== undefined) return fitting;
    if (workers.length >= limits.isolates) return idle[0];
    const worker: Worker = { isolate: newIsolate(), spare: undefined, kept: undefined, busy: false };
    workers.push(worker);
    return worker;
  };

  const acquire = async (executionId: string): Promise<Worker> => {
    if (closed) throw sandboxClosed({});
    const worker = idleFor(executionId) ?? (await new Promise<Worker>((take, refuse) => waiting.push({ take, refuse })));
    worker.busy = true;
    return worker;
  };

  const release = (worker: Worker): void => {
    const next = waiting.shift();
    if (next === undefined) worker.busy = false;
    else next.take(worker);
  };

  const replace = (worker: Worker): void => {
    if (!worker.isolate.isDisposed) worker.isolate.dispose();
    worker.kept = undefined;
    worker.spare = undefined;
    if (!closed) worker.isolate = newIsolate();
  };

  const run: Isolates['run'] = async (job, work) => {
    const worker = await acquire(job.executionId);
    try {
      const open = await contextFor(worker, job);
      const deadline = performance.now() + limits.timeoutMs;
      const remainingMs = () => deadline - performance.now();
      const result = await work(entrance(open, remainingMs), remainingMs);
      if (job.kind === 'code') forget(open);
      prepare(worker);
      return result;
    } catch (error) {
      if (closed) throw sandboxClosed({}, { cause: error });
      if (!(error instanceof LimitExceeded)) log.error({ error: String(error) }, 'the sandbox failed; its isolate is replaced');
      replace(worker);
      throw error;
    } finally {
      release(worker);
    }
  };

  return {
    run,
    async close() {
      closed = true;
      for (const { refuse } of waiting.splice(0)) refuse(sandboxClosed({}));
      for (const { isolate } of workers) if (!isolate.isDisposed) isolate.dispose();
    },
  };
}

/** After a job and not before it: an isolate does one thing at a time, and the job would wait. */
function prepare(worker: Worker): void {
  worker.spare ??= worker.isolate.createContext();
  // Whoever takes a spare that failed to come sees its error then.
  worker.spare.catch(() => undefined);
}

/** The execution's own context where it is still there, else a new one (I1). */
async function contextFor(worker: Worker, { kind, executionId }: { kind: JobKind; executionId: string }): Promise<OpenContext> {
  if (kind === 'expressions' && worker.kept?.executionId === executionId) return worker.kept.open;
  const context = await (worker.spare ?? worker.isolate.createContext());
  worker.spare = undefined;
  const entry = (await context.eval(`hive.open('${kind}')`, { reference: true })) as OpenContext['entry'];
  const open = { context, entry };
  if (kind === 'expressions') {
    if (worker.kept !== undefined) forget(worker.kept.open);
    worker.kept = { executionId, open };
  }
  return open;
}

function forget({ context, entry }: OpenContext): void {
  entry.release();
  context.release();
}

function entrance({ entry }: OpenContext, remainingMs: () => number): Enter {
  return async (call, ...texts) => {
    const timeout = Math.ceil(remainingMs());
    if (timeout <= 0) throw new LimitExceeded('time');
    try {
      return (await entry.apply(undefined, [call, ...texts], { timeout })) as string;
    } catch (error) {
      const limit = limitBehind(error);
      if (limit !== undefined) throw limit;
      return answerDespite(entry, error, timeout);
    }
  };
}

/**
 * A promise that user code left rejected fails the call that isolated-vm was in, even when that was answered.
 * The rejection is nobody's business but the code's own; only a call without an answer is a fault.
 */
async function answerDespite(entry: OpenContext['entry'], error: unknown, timeout: number): Promise<string> {
  const answer = (await entry.apply(undefined, ['last'], { timeout }).catch(() => undefined)) as string | undefined;
  if (answer === undefined) throw error;
  return answer;
}

/** isolated-vm names its limits only in the text of the error. */
function limitBehind(error: unknown): LimitExceeded | undefined {
  const message = error instanceof Error ? error.message : '';
  if (message.includes('timed out')) return new LimitExceeded('time');
  return message.includes('memory limit') ? new LimitExceeded('memory') : undefined;
}
