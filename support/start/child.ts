/** One process of the platform: started with configuration, known by the address that it reports. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ChildOptions {
  readonly name: string;
  /** Program, and where it runs. */
  readonly program: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Modules loaded before the program. */
  readonly preload?: readonly string[];
  /** Called when it ends although nobody stopped it. */
  readonly lost: (reason: string) => void;
}

export interface Child {
  readonly url: string;
  /** SIGTERM, then SIGKILL after a while. Safe twice. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
/** The engine lets its steps finish for 10 s. */
const ENDS_WITHIN_MS = 15_000;

/** Resolves when the program has sent `{type: 'listening', url}`; throws with the end of its log when it ends before. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const log = openSync(options.logFile, 'w');
  const child = fork(options.program, [], {
    cwd: options.cwd,
    env: { ...process.env, ...options.environment },
    execArgv: (options.preload ?? []).flatMap((module) => ['--import', module]),
    stdio: ['ignore', log, log, 'ipc'],
    // A session of its own: Ctrl-C reaches us alone, and we end things in order.
    detached: true,
  });
  closeSync(log);
  const url = await addressOf(child, options);
  let stopping = false;
  child.once('exit', (code, signal) => stopping || options.lost(`the ${options.name} ended (${signal ?? `exit code ${code}`}); its log is ${options.logFile}`));
  const stop = () => {
    stopping = true;
    return end(child);
  };
  return { url, stop };
}

async function addressOf(child: ChildProcess, { name, logFile }: ChildOptions): Promise<string> {
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`the ${name} ended while it was starting; the end of ${logFile}:\n${lastLines(logFile)}`)));
  const patience = AbortSignal.timeout(READY_WITHIN_MS);
  const tooLate = once(patience, 'abort').then(() => Promise.reject(new Error(`the ${name} did not start within ${READY_WITHIN_MS / 1000} s; its log is ${logFile}`)));
  // The two that lose the race are not errors.
  for (const promise of [ended, tooLate]) promise.catch(() => undefined);
  try {
    return await Promise.race([listening(child), ended, tooLate]);
  } catch (error) {
    await end(child);
    throw error;
  }
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('message', (message: { type?: string; url?: string }) => {
      if (message.type === 'listening' && message.url) resolve(message.url);
    });
  });
}

const lastLines = (file: string) => readFileSync(file, 'utf8').trim().split('\n').slice(-12).join('\n');

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const overdue = setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS);
  await ended;
  clearTimeout(overdue);
}
