/**
 * The isolate of a sandbox process and the contexts in it. The first wall around users' code; the process is the
 * second, for what V8 itself does not survive.
 *
 * I1  A context serves one execution only. An expression context is frozen and kept for that execution's next
 *     node; the context of a Code node ends with the job.
 * I2  After a limit was hit the isolate is disposed, never used again.
 * I3  Only text crosses, in both directions; no reference to anything outside exists inside.
 */
import ivm from 'isolated-vm';
import type { Snapshot } from './snapshot.ts';

export type JobKind = 'expressions' | 'code';

/** One call of the inside. `code` opens a context that `fire` and `state` go on in. */
export interface Call {
  readonly call: JobKind | 'fire' | 'state';
  readonly executionId: string;
  /** Real time: hostile code must not gain any when the engine's clock stands still. */
  readonly timeoutMs: number;
}

export type Limit = 'time' | 'memory';
export type Outcome = { readonly text: string } | { readonly limit: Limit };

interface OpenContext {
  readonly context: ivm.Context;
  readonly entry: ivm.Reference<(...texts: string[]) => string>;
}

export interface Isolate {
  /** @throws what is neither an answer nor a limit: a fault of ours. */
  enter(call: Call, texts: readonly string[]): Promise<Outcome>;
}

/** @param onBroken V8 lost control of the isolate: nothing in this process can be relied on any more. */
export function createIsolate(snapshot: Snapshot, memoryMb: number, onBroken: () => void): Isolate {
  const fresh = () => contextsOf(new ivm.Isolate({ memoryLimit: memoryMb, snapshot: snapshot.heap, onCatastrophicError: onBroken }));
  let contexts = fresh();
  return {
    async enter(call, texts) {
      try {
        const { entry } = await contexts.contextFor(call);
        const text = await apply(entry, [call.call, ...texts], call.timeoutMs);
        contexts.prepareNext();
        return { text };
      } catch (error) {
        // I2
        contexts.dispose();
        contexts = fresh();
        const limit = limitBehind(error);
        if (limit === undefined) throw error;
        return { limit };
      }
    },
  };
}

interface Contexts {
  /** The execution's own context where it is still there, else a new one (I1). */
  contextFor(call: Call): Promise<OpenContext>;
  /** To be called after a job and not before it: an isolate does one thing at a time, and the job would wait. */
  prepareNext(): void;
  dispose(): void;
}

function contextsOf(isolate: ivm.Isolate): Contexts {
  let spare: Promise<ivm.Context> | undefined;
  let kept: { readonly executionId: string; readonly open: OpenContext } | undefined;
  let code: OpenContext | undefined;

  const open = async (kind: JobKind): Promise<OpenContext> => {
    const context = await (spare ?? isolate.createContext());
    spare = undefined;
    return { context, entry: (await context.eval(`hive.open('${kind}')`, { reference: true })) as OpenContext['entry'] };
  };
  const forExpressions = async (executionId: string): Promise<OpenContext> => {
    if (kept?.executionId === executionId) return kept.open;
    forget(kept?.open);
    kept = undefined;
    kept = { executionId, open: await open('expressions') };
    return kept.open;
  };
  const forNewCode = async (): Promise<OpenContext> => {
    forget(code);
    code = undefined;
    return (code = await open('code'));
  };

  return {
    async contextFor({ call, executionId }) {
      if (call === 'expressions') return forExpressions(executionId);
      if (call === 'code') return forNewCode();
      if (code === undefined) throw new Error(`${call} without code under way`);
      return code;
    },
    prepareNext() {
      spare ??= isolate.createContext();
      // Whoever takes a spare that failed to come sees its error then.
      spare.catch(() => undefined);
    },
    dispose: () => void (isolate.isDisposed || isolate.dispose()),
  };
}

function forget(open: OpenContext | undefined): void {
  open?.entry.release();
  open?.context.release();
}

/**
 * A promise that user code left rejected fails the call that isolated-vm was in, even when that was answered.
 * The rejection is nobody's business but the code's own; only a call without an answer is a fault.
 */
async function apply(entry: OpenContext['entry'], texts: readonly string[], timeout: number): Promise<string> {
  try {
    return (await entry.apply(undefined, [...texts], { timeout })) as string;
  } catch (error) {
    if (limitBehind(error) !== undefined) throw error;
    const answer = (await entry.apply(undefined, ['last'], { timeout }).catch(() => undefined)) as string | undefined;
    if (answer === undefined) throw error;
    return answer;
  }
}

/** isolated-vm names its limits only in the text of the error. */
function limitBehind(error: unknown): Limit | undefined {
  const message = error instanceof Error ? error.message : '';
  if (message.includes('timed out')) return 'time';
  return message.includes('memory limit') ? 'memory' : undefined;
}
