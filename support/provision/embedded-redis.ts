/**
 * A real redis-server: the machine's own, else the distribution's package unpacked into the cache, which needs no root.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { builtOnce } from './cache.ts';
import { canReach, runningAs, type UnixUser } from './unprivileged-user.ts';

export interface PreparedRedis {
  readonly version: string;
  readonly program: string;
  /** For LD_LIBRARY_PATH; undefined when the system's own libraries serve. */
  readonly libraries: string | undefined;
}

const ADVICE = 'install redis-server (Debian, Ubuntu: apt-get install redis-server), or set DATABASE_URL and REDIS_URL';

/** Throws one line that says what to install when there is no way to a redis-server. */
export async function prepareRedis(user: UnixUser | undefined, say: (line: string) => void): Promise<PreparedRedis> {
  const installed = fromPath(user);
  if (installed) return installed;
  const unpacked = await builtOnce(`redis-server-${distribution()}`, async (draft) => unpackPackages(draft, say));
  const program = join(unpacked, 'usr', 'bin', 'redis-server');
  const libraries = libraryFolders(join(unpacked, 'usr', 'lib'));
  const version = versionOf(program, libraries, user);
  if (!version) throw new Error(`the unpacked ${program} does not start (remove ${unpacked} to unpack it again); ${ADVICE}`);
  return { version, program, libraries };
}

function fromPath(user: UnixUser | undefined): PreparedRedis | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/bin', '/usr/local/bin');
  for (const program of folders.filter(Boolean).map((folder) => join(folder, 'redis-server'))) {
    if (!existsSync(program) || !canReach(user, program)) continue;
    const version = versionOf(program, undefined, user);
    if (version) return { version, program, libraries: undefined };
  }
  return undefined;
}

function versionOf(program: string, libraries: string | undefined, user: UnixUser | undefined): string | undefined {
  const env = libraries ? { LD_LIBRARY_PATH: libraries } : {};
  const { stdout } = spawnSync(program, ['--version'], { cwd: '/', encoding: 'utf8', env, ...runningAs(user) });
  return /v=(\S+)/.exec(stdout ?? '')?.[1];
}

/** The release's name keeps libraries of one release from being used on another after an upgrade in place. */
function distribution(): string {
  const { stdout } = spawnSync('sh', ['-c', '. /etc/os-release && echo "$ID-$VERSION_ID"'], { encoding: 'utf8' });
  return `${(stdout ?? '').trim().replace(/[^\w.-]/g, '') || 'unknown'}-${process.arch}`;
}

/** `usr/lib` and its one folder a machine type (x86_64-linux-gnu). */
function libraryFolders(lib: string): string {
  const nested = readdirSync(lib, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name.endsWith('-linux-gnu'));
  return [...nested.map(({ name }) => join(lib, name)), lib].join(delimiter);
}

function unpackPackages(draft: string, say: (line: string) => void): void {
  if (!has('apt-get') || !has('dpkg')) throw new Error(`no redis-server on PATH, and this is not a system with apt: ${ADVICE}`);
  say('no redis-server on PATH; unpacking the distribution\'s package into the cache (once)');
  const downloads = join(draft, 'downloads');
  mkdirSync(downloads);
  const problem = download(downloads, []) && downloadWithFreshLists(draft, downloads);
  if (problem) throw new Error(`no redis-server on PATH, and its package could not be downloaded (${problem}): ${ADVICE}`);
  for (const file of readdirSync(downloads).filter((name) => name.endsWith('.deb'))) {
    const { status, stderr } = spawnSync('dpkg', ['-x', join(downloads, file), draft], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`unpacking ${file} failed: ${stderr.trim()}`);
  }
  spawnSync('rm', ['-rf', downloads, join(draft, 'apt'), join(draft, 'usr', 'share')]);
  spawnSync('chmod', ['-R', 'a+rX', draft]);
}

const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/**
 * Machines fresh from an image have no package lists, and old lists name files that are gone. The system's own lists
 * belong to root, so fresh ones are read into the cache: that works for everybody and changes nothing.
 */
function downloadWithFreshLists(draft: string, downloads: string): string | undefined {
  const state = join(draft, 'apt');
  for (const folder of ['lists/partial', 'archives/partial']) mkdirSync(join(state, folder), { recursive: true });
  const options = [`Dir::State::lists=${state}/lists`, `Dir::Cache=${state}`, 'APT::Sandbox::User=', 'Debug::NoLocking=1'].flatMap((option) => ['-o', option]);
  return apt([...options, 'update'], draft) ?? download(downloads, options);
}

/** Downloads redis-server and whatever of its dependencies is not installed: only apt knows the names on this release. */
function download(folder: string, options: string[]): string | undefined {
  const simulated = spawnSync('apt-get', [...options, '--simulate', '--no-install-recommends', 'install', 'redis-server'], { encoding: 'utf8', env: aptEnvironment() });
  if (simulated.status !== 0) return lastLine(simulated.stderr);
  const packages = [...simulated.stdout.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] as string);
  return apt([...options, 'download', ...new Set(['redis-server', 'redis-tools', ...packages])], folder);
}

/** Undefined on success, else the last line of what apt said. */
function apt(args: string[], cwd: string): string | undefined {
  const { status, stderr, error } = spawnSync('apt-get', args, { cwd, encoding: 'utf8', env: aptEnvironment() });
  return status === 0 ? undefined : (error?.message ?? lastLine(stderr));
}

const aptEnvironment = () => ({ ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' });
const lastLine = (text: string) => text.trim().split('\n').at(-1) || 'apt-get gave no reason';
