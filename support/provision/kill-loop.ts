/**
 * Shows that nothing is orphaned: starts a runner that provisions, ends it at a random moment by SIGKILL, SIGINT,
 * SIGTERM, process.exit, or a SIGKILL of its watchdog as well, and looks for what is left. Run as a program:
 *
 *   node support/provision/kill-loop.ts [rounds] [--containers]
 *
 * Embedded: after each kill no process and no folder of the run may be left within seconds; where the watchdog was
 * killed too, after the next start.
 * Containers: a kill between the request for a container and its creation leaves one behind, so the promise is
 * checked after the next start: no container of a runner that is gone.
 * Prints `N kills, M orphans`; the exit code is 1 when M is not 0.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ownContainers } from './docker-engine.ts';
import { provision } from './index.ts';
import { isAlive } from './process-identity.ts';
import { processesIn, runsFolder } from './run-folder.ts';

const program = fileURLToPath(import.meta.url);
const WAYS_TO_END = ['SIGKILL', 'SIGINT', 'process.exit', 'SIGTERM', 'watchdog too'] as const;
/** Longer than a start takes, so that kills fall before, in and after it. Containers are slower. */
const LATEST_MOMENT_MS = { embedded: 2_000, containers: 6_000 };
const CLEAN_WITHIN_MS = 10_000;

type Mode = keyof typeof LATEST_MOMENT_MS;

/** The runner that is killed: provisions and idles, or ends itself as a step might. */
async function runner(exitAfterMs: number | undefined): Promise<void> {
  if (exitAfterMs !== undefined) setTimeout(() => process.exit(3), exitAfterMs);
  setInterval(() => undefined, 60_000);
  await provision({ purpose: 'tests' });
  process.stdout.write('ready\n');
}

interface Round {
  readonly way: (typeof WAYS_TO_END)[number];
  readonly afterMs: number;
  readonly wasReady: boolean;
}

async function killOne(number: number, mode: Mode, runs: string): Promise<Round> {
  const way = WAYS_TO_END[number % WAYS_TO_END.length]!;
  const afterMs = Math.round(Math.random() * LATEST_MOMENT_MS[mode]);
  const child = startRunner(mode, runs, way === 'process.exit' ? [String(afterMs)] : []);
  let wasReady = false;
  child.stdout!.on('data', () => (wasReady = true));
  const ended = once(child, 'exit');
  await Promise.race([pause(afterMs), ended]);
  if (way === 'watchdog too') killBoth(child.pid!, runs);
  else if (way !== 'process.exit') child.kill(way);
  await ended;
  if (way === 'watchdog too') await nextStart(mode, runs);
  return { way, afterMs, wasReady };
}

function startRunner(mode: Mode, runs: string, args: string[]): ChildProcess {
  const env = { ...process.env, HIVE_PROVISION: mode, HIVE_TEMPORARY: runs };
  return spawn(process.execPath, [program, '--runner', ...args], { env, stdio: ['ignore', 'pipe', 'ignore'] });
}

/** The watchdog first: were it second, it would have begun to clean up. */
function killBoth(runner: number, runs: string): void {
  const watchdogs = markedBy(runs).filter((pid) => pid !== runner && read(pid, 'cmdline').includes('watchdog.ts'));
  for (const pid of [...watchdogs, runner]) process.kill(pid, 'SIGKILL');
}

async function nextStart(mode: Mode, runs: string): Promise<void> {
  const child = startRunner(mode, runs, []);
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout!, 'data'), ended]);
  child.kill('SIGTERM');
  await ended;
}

/** Watchdogs are known by the folder in their environment (we gave it to the runner), stores by where they work. */
function leftovers(runs: string): string[] {
  const pids = new Set([...markedBy(runs), ...processesIn(runs)]);
  return [...[...pids].map((pid) => `process ${pid}`), ...readdirSync(runs).map((folder) => `folder ${folder}`)];
}

const markedBy = (runs: string) =>
  readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && read(entry, 'environ').includes(`HIVE_TEMPORARY=${runs}\0`)).map(Number);

function read(pid: string | number, file: 'environ' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

async function settled(look: () => string[] | Promise<string[]>): Promise<string[]> {
  const deadline = Date.now() + CLEAN_WITHIN_MS;
  let left = await look();
  while (left.length && Date.now() < deadline) {
    await pause(50);
    left = await look();
  }
  return left;
}

/** One ordinary start and stop after all kills; what is left of dead runners then is an orphan. */
async function containersAfterNextStart(): Promise<string[]> {
  process.env.HIVE_PROVISION = 'containers';
  const stores = await provision({ purpose: 'tests' });
  const orphans = (await ownContainers()).filter(({ runner }) => !isAlive(runner));
  await stores.stop();
  return orphans.map(({ id, runner }) => `container ${id.slice(0, 12)} of ${runner}`);
}

async function loop(rounds: number, mode: Mode): Promise<void> {
  const runs = mkdtempSync(join(runsFolder(process.env), 'hive-kill-loop-'));
  chmodSync(runs, 0o711);
  const orphans: string[] = [];
  for (let number = 0; number < rounds; number++) {
    const { way, afterMs, wasReady } = await killOne(number, mode, runs);
    const began = Date.now();
    const left = await settled(() => leftovers(runs));
    orphans.push(...left);
    console.log(`${String(number + 1).padStart(3)}  ${way.padEnd(12)} after ${String(afterMs).padStart(4)} ms, ${wasReady ? 'running ' : 'starting'}  ${left.length ? `left: ${left.join(', ')}` : `clean after ${Date.now() - began} ms`}`);
  }
  if (mode === 'containers') orphans.push(...(await containersAfterNextStart()));
  rmSync(runs, { recursive: true, force: true });
  console.log(`${rounds} kills, ${orphans.length} orphans`);
  process.exit(orphans.length ? 1 : 0);
}

const [first, second] = process.argv.slice(2);
if (first === '--runner') await runner(second === undefined ? undefined : Number(second));
else await loop(Number(process.argv.slice(2).find((argument) => /^\d+$/.test(argument)) ?? 24), process.argv.includes('--containers') ? 'containers' : 'embedded');
