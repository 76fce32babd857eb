/**
 * Starts and ends one PostgreSQL and one Redis as children of the calling process (the watchdog), on free ports of
 * the loopback interface, with a password: other people's processes share the machine.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { copyTree } from './cache.ts';
import type { PreparedPostgres } from './embedded-postgres.ts';
import type { PreparedRedis } from './embedded-redis.ts';
import { redisAnswers } from './redis-probe.ts';
import { runningAs, type UnixUser } from './unprivileged-user.ts';

export interface StorePlan {
  readonly postgres: PreparedPostgres;
  readonly redis: PreparedRedis;
  readonly user: UnixUser | undefined;
  /** Whether the data outlives this start. */
  readonly keep: boolean;
}

export interface Store {
  readonly name: 'PostgreSQL' | 'Redis';
  readonly url: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Where the data lies (`home`) and where the log goes; the same folder for a run that keeps nothing. */
export interface Folders {
  readonly home: string;
  readonly run: string;
}

/**
 * 300 connections: engines of several scenarios at once, each with a pool and the journal's lanes.
 * No Unix socket: its path is limited to 107 bytes, and nobody here needs a second door.
 * Shared memory as files of the data folder: whatever ends the server, they go with the folder.
 */
const POSTGRES_SETTINGS = ['max_connections=300', 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'dynamic_shared_memory_type=mmap', 'log_min_messages=warning'];
/** Recovery of kept data after a crash may take this long. */
const READY_WITHIN_MS = 60_000;
/** A clean end of kept data: a checkpoint, at worst of everything in memory. */
const CLEAN_END_MS = 30_000;
/** Data that is thrown away needs no clean end. */
const QUICK_END_MS = 3_000;
/** Between picking a free port and using it, somebody else may take it. */
const PORT_ATTEMPTS = 3;

export async function startPostgres(plan: StorePlan, folders: Folders, signal: AbortSignal): Promise<Store> {
  const data = join(folders.home, `postgres-${plan.postgres.major}`);
  if (!existsSync(join(data, 'PG_VERSION'))) layOutData(plan, folders.home, data);
  const port = await freePort();
  const log = join(folders.run, 'postgres.log');
  const settings = [...POSTGRES_SETTINGS, `port=${port}`].flatMap((setting) => ['-c', setting]);
  const child = launch({ program: join(plan.postgres.programs, 'bin', 'postgres'), args: ['-D', data, ...settings], cwd: data, log, user: plan.user });
  const endSignal = plan.keep ? 'SIGINT' : 'SIGQUIT';
  const stop = () => end(child, endSignal, plan.keep ? CLEAN_END_MS : QUICK_END_MS);
  await ready({ name: 'PostgreSQL', child, log, signal, answers: async () => postmasterIsReady(data, child.pid) }).catch(async (error) => {
    await stop();
    throw error;
  });
  const url = `postgres://postgres:${passwordOf(folders.home)}@127.0.0.1:${port}/hive`;
  return { name: 'PostgreSQL', url, process: child, stop };
}

/** Copied beside and renamed, so that an interrupted first start does not leave half a data folder. */
function layOutData({ postgres }: StorePlan, home: string, data: string): void {
  const draft = `${data}.copying`;
  rmSync(draft, { recursive: true, force: true });
  copyTree(join(postgres.template, 'data'), draft);
  copyTree(join(postgres.template, 'password'), join(home, 'password'));
  renameSync(draft, data);
}

const passwordOf = (home: string) => readFileSync(join(home, 'password'), 'utf8');

/** As pg_ctl sees it: the last line of the lock file. A file left by a crash names another pid. */
function postmasterIsReady(data: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return lines[0] === String(pid) && (lines[7] ?? '').trim() === 'ready';
  } catch {
    return false;
  }
}

export async function startRedis(plan: StorePlan, folders: Folders, signal: AbortSignal): Promise<Store> {
  const data = join(folders.home, 'redis');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  if (plan.user) chownSync(data, plan.user.uid, plan.user.gid);
  const port = await freePort();
  const password = passwordOf(folders.home);
  const log = join(folders.run, 'redis.log');
  const child = launch({ program: plan.redis.program, args: ['-'], cwd: data, log, user: plan.user, libraries: plan.redis.libraries });
  child.stdin?.on('error', () => undefined);
  // Through the standard input: the command line is readable by everybody on the machine.
  child.stdin?.end(['bind 127.0.0.1', `port ${port}`, `requirepass ${password}`, `dir ${JSON.stringify(data)}`, 'save ""', `appendonly ${plan.keep ? 'yes' : 'no'}`].join('\n'));
  const url = `redis://:${password}@127.0.0.1:${port}`;
  const stop = () => end(child, 'SIGTERM', plan.keep ? CLEAN_END_MS : QUICK_END_MS);
  await ready({ name: 'Redis', child, log, signal, answers: async () => (await redisAnswers(new URL(url), 1_000)) === undefined }).catch(async (error) => {
    await stop();
    throw error;
  });
  return { name: 'Redis', url, process: child, stop };
}

/** Starts again on another port when the first was taken in between. */
export async function onFreePort(start: () => Promise<Store>): Promise<Store> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt === PORT_ATTEMPTS || !/address already in use/i.test((error as Error).message)) throw error;
    }
  }
}

interface Launch {
  readonly program: string;
  readonly args: string[];
  readonly cwd: string;
  readonly log: string;
  readonly user: UnixUser | undefined;
  readonly libraries?: string | undefined;
}

function launch({ program, args, cwd, log, user, libraries }: Launch): ChildProcess {
  const output = openSync(log, 'a', 0o600);
  const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...(libraries ? { LD_LIBRARY_PATH: libraries } : {}) };
  const child = spawn(program, args, { cwd, env, stdio: ['pipe', output, output], ...runningAs(user) });
  closeSync(output);
  // Without a listener a program that cannot be started would end the watchdog; `ready` reports it.
  child.on('error', () => undefined);
  return child;
}

interface Waiting {
  readonly name: string;
  readonly child: ChildProcess;
  readonly log: string;
  readonly signal: AbortSignal;
  readonly answers: () => Promise<boolean>;
}

async function ready({ name, child, log, signal, answers }: Waiting): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await answers())) {
    signal.throwIfAborted();
    if (child.pid === undefined || hasEnded(child)) throw new Error(`${name} ended before it was ready: ${reasonIn(log)}`);
    if (Date.now() > deadline) throw new Error(`${name} was not ready within ${READY_WITHIN_MS / 1000} s: ${reasonIn(log)}`);
    await pause(15);
  }
}

/** The fatal line and its hint if there is one, else the end of the log. */
function reasonIn(log: string): string {
  const lines = readFileSync(log, 'utf8').trim().split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => /FATAL|HINT|could not|# /.test(line));
  return (telling.length ? telling : lines).slice(-4).join(' / ') || 'its log is empty';
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** By its own pid: the gentle signal, then SIGKILL. */
async function end(child: ChildProcess, gentle: NodeJS.Signals, withinMs: number): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(gentle);
  const overdue = setTimeout(() => child.kill('SIGKILL'), withinMs);
  await ended;
  clearTimeout(overdue);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
