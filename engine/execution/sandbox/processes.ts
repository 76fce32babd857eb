/**
 * Keeps a few sandbox processes, each doing one job at a time. A process that dies or does not answer in time
 * fails the job it had, and is replaced; jobs of others never notice.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Logger } from '../../kernel/index.ts';
import { sandboxClosed, sandboxUnavailable } from './errors.ts';
import type { Vocabulary } from './expression-rewriting.ts';
import { readFrames, writeFrame } from './frames.ts';
import type { Call, Limit } from './isolate.ts';
import type { Reply } from './process.ts';

export class LimitExceeded extends Error {
  readonly limit: Limit | 'rounds';
  constructor(limit: Limit | 'rounds') {
    super(`the ${limit} limit of the sandbox was reached`);
    this.limit = limit;
  }
}

export interface ProcessOptions {
  readonly memoryMb: number;
  readonly log: Logger;
}

/** One process: starts at once, and again whenever it is needed after it ended. */
export interface SandboxProcess {
  vocabulary(): Promise<Vocabulary>;
  /** @throws LimitExceeded, SANDBOX_CLOSED, SANDBOX_UNAVAILABLE, or an Error for a fault of ours. */
  call(call: Call, texts: readonly string[]): Promise<string>;
  /** Resolves when the process is gone. Safe twice. */
  close(): Promise<void>;
}

/** The isolate gives up first; beyond this the process itself is stuck. */
const GRACE_MS = 500;
/** To load and build the heap: 0.3 s alone, more on a busy machine. */
const START_MS = 30_000;
const LONGEST_COMPLAINT = 2_000;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

interface Running {
  readonly child: Child;
  readonly ready: Promise<Vocabulary>;
  readonly ended: Promise<void>;
  answer: ((reply: Reply, texts: string[]) => void) | undefined;
}

export function createSandboxProcess({ memoryMb, log }: ProcessOptions): SandboxProcess {
  let closed = false;
  let running = start(memoryMb, log);

  const alive = (): Running => {
    if (closed) throw sandboxClosed({});
    if (running.child.exitCode !== null || running.child.signalCode !== null) running = start(memoryMb, log);
    return running;
  };

  return {
    vocabulary: async () => alive().ready,
    async call(call, texts) {
      const at = alive();
      try {
        await at.ready;
        return await exchange(at, call, texts);
      } catch (error) {
        throw closed ? sandboxClosed({}, { cause: error }) : error;
      }
    },
    async close() {
      closed = true;
      running.child.stdin.end();
      if (running.answer !== undefined) running.child.kill('SIGKILL');
      running.child.stdout.resume();
      await running.ended;
    },
  };
}

/** Without the engine's environment, and without what was preloaded into the engine: neither is the sandbox's business. */
function start(memoryMb: number, log: Logger): Running {
  const script = join(import.meta.dirname, 'process.ts');
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const child = spawn(process.execPath, [script, String(memoryMb)], { stdio: ['pipe', 'pipe', 'pipe'], env: { TZ: timeZone } });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const running: Running = { child, ended, answer: undefined, ready: new Promise((resolve, reject) => {
    const late = setTimeout(() => child.kill('SIGKILL'), START_MS);
    readFrames<Reply>(child.stdout, (reply, texts) => {
      if (!('greeting' in reply)) return running.answer?.(reply, texts);
      clearTimeout(late);
      resolve({ names: new Set(reply.greeting.names), extensions: new Set(reply.greeting.extensions) });
    });
    void ended.then(() => {
      clearTimeout(late);
      reject(sandboxUnavailable({ complaint: complaint.trim() || 'it gave no reason' }));
    });
  }) };
  running.ready.catch(() => undefined);
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + String(chunk)).slice(0, LONGEST_COMPLAINT)));
  child.stdin.on('error', () => undefined);
  child.once('error', (error) => (complaint += error.message));
  void ended.then(() => child.exitCode !== 0 && log.warn({ signal: child.signalCode, exitCode: child.exitCode, complaint }, 'a sandbox process ended; the next job finds a new one'));
  return running;
}

function exchange(running: Running, call: Call, texts: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let overdue = false;
    const guard = setTimeout(() => {
      overdue = true;
      running.child.kill('SIGKILL');
    }, call.timeoutMs + GRACE_MS);
    const settle = (finish: () => void) => {
      clearTimeout(guard);
      running.answer = undefined;
      finish();
    };
    running.answer = (reply, [text = '']) => settle(() => {
      if ('answered' in reply) resolve(text);
      else reject('limit' in reply ? new LimitExceeded(reply.limit) : new Error('fault' in reply ? reply.fault : 'the sandbox greeted twice'));
    });
    // What kills a process from inside is memory: V8 ends it, or it ends itself.
    void running.ended.then(() => settle(() => reject(new LimitExceeded(overdue ? 'time' : 'memory'))));
    writeFrame(running.child.stdin, call, texts);
  });
}
