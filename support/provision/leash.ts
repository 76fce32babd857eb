/** Our end of the pipe to the watchdog. Closing it, in whatever way, ends what the watchdog holds. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Plan, Report } from './watchdog.ts';

export interface Leash {
  readonly ready: Extract<Report, { kind: 'ready' }>;
  /** Ends everything and waits until it is gone. Safe twice. */
  release(): Promise<void>;
}

const program = fileURLToPath(new URL('./watchdog.ts', import.meta.url));
/** Longer than the cleanest end of kept data; after it the watchdog is killed and the next start cleans up. */
const RELEASE_WITHIN_MS = 60_000;

/**
 * Resolves when the watchdog reports that everything of `plan` is ready; throws its reason when it failed.
 * `lost` is told of what ends later although nobody released it.
 */
export async function watchdogFor(plan: Plan, lost: (reason: string) => void): Promise<Leash> {
  // Coverage and preloaded hooks of the runner are not meant for this process.
  const { NODE_OPTIONS: _hooks, NODE_V8_COVERAGE: _coverage, ...env } = process.env;
  const child = spawn(process.execPath, [program], { detached: true, cwd: '/', env, stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk) => (complaint = `${complaint}${chunk}`.slice(-2_000)));
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify(plan)}\n`);
  const ready = await firstReport(child, () => complaint, lost);
  letRunnerEnd(child);
  let released: Promise<void> | undefined;
  return { ready, release: () => (released ??= release(child)) };
}

function firstReport(child: ChildProcess, complaint: () => string, lost: (reason: string) => void): Promise<Leash['ready']> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const report: Report = JSON.parse(line);
      if (report.kind === 'ready') resolve(report);
      else if (report.kind === 'failed') void once(child, 'exit').then(() => reject(new Error(report.reason)));
      else lost(report.reason);
    });
    child.once('error', reject);
    child.once('exit', () => setImmediate(() => reject(new Error(`the watchdog ended before the stores were ready: ${complaint().trim() || 'it gave no reason'}`))));
  });
}

/** A runner that has nothing left to do ends although the watchdog lives; its end closes the pipe. */
function letRunnerEnd(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as Socket | null)?.unref();
}

async function release(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = once(child, 'exit');
  child.stdin?.end();
  const overdue = setTimeout(() => child.kill('SIGKILL'), RELEASE_WITHIN_MS);
  await ended;
  clearTimeout(overdue);
}
