/**
 * The folder of one run: data, logs, nothing that outlives it. Its name carries the identity of the watchdog that
 * owns it, so that whoever comes later can tell an abandoned folder from one in use (P5).
 */
import { chmodSync, lstatSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, ownIdentity } from './process-identity.ts';

const PREFIX = 'hive-queen-run-';
/** A whole acceptance run with its write-ahead log stays well below this. */
const ROOM_NEEDED_BYTES = 2 * 1024 ** 3;
const MEMORY = '/dev/shm';

/** Memory where there is enough (fsync stays on and costs nothing there), else the temporary folder. HIVE_TEMPORARY overrides. */
export function runsFolder(environment: Readonly<Record<string, string | undefined>>): string {
  if (environment.HIVE_TEMPORARY) return realpathSync(environment.HIVE_TEMPORARY);
  return realpathSync(roomIn(MEMORY) >= ROOM_NEEDED_BYTES ? MEMORY : tmpdir());
}

function roomIn(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

/** Owned by this process. Others may pass through it, since the stores' user does, but not list it. */
export function createRunFolder(within: string): string {
  const folder = mkdtempSync(join(within, `${PREFIX}${ownIdentity()}-`));
  chmodSync(folder, 0o711);
  return folder;
}

/** Ends what still works in `folder` and removes it. */
export async function removeRunFolder(folder: string): Promise<void> {
  await endProcessesIn(folder);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

/** Folders of runs whose watchdog is gone. Returns how many there were. */
export async function removeAbandonedRuns(within: string): Promise<number> {
  const abandoned = readdirSync(within).filter((entry) => entry.startsWith(PREFIX) && isOurs(join(within, entry)) && !isAlive(entry.slice(PREFIX.length)));
  for (const entry of abandoned) await removeRunFolder(join(within, entry));
  return abandoned.length;
}

/** In a shared temporary folder anybody may use our prefix; only our own folders are touched. */
function isOurs(folder: string): boolean {
  try {
    const { uid } = lstatSync(folder);
    return uid === process.getuid?.();
  } catch {
    return false;
  }
}

/** Pids of processes whose working directory lies in `folder`: both stores work in their data folder, with all their children. */
export function processesIn(folder: string): number[] {
  const inside = (pid: string) => {
    try {
      const place = readlinkSync(`/proc/${pid}/cwd`);
      return place === folder || place.startsWith(`${folder}/`);
    } catch {
      return false;
    }
  };
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && inside(entry)).map(Number);
}

/** PostgreSQL gives its System V segment back on SIGQUIT, not on SIGKILL; Redis ends on both. */
const GENTLE_ROUNDS = 50;
const ROUND_MS = 20;

/** Ends each of them by pid, at first so that they can give back what the kernel holds for them. */
export async function endProcessesIn(folder: string): Promise<void> {
  for (let [round, left] = [0, processesIn(folder)]; left.length; [round, left] = [round + 1, processesIn(folder)]) {
    for (const pid of left) signal(pid, round < GENTLE_ROUNDS ? 'SIGQUIT' : 'SIGKILL');
    await pause(ROUND_MS);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended between the listing and here.
  }
}
