/**
 * The folder that outlives runs: copied binaries, unpacked packages, a prepared data folder.
 * Everything in it can be deleted at any time; the next start builds it again.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, ownIdentity } from './process-identity.ts';
import { startedByRoot } from './unprivileged-user.ts';

const BUILDING = '.building-';

/**
 * `/var/cache/hive-queen` for root, since an unprivileged user must reach it; otherwise in the user's own cache, or,
 * where there is no home to write to, in the temporary folder under a name of our own.
 */
export function cacheFolder(): string {
  const uid = process.getuid?.() ?? 0;
  const preferred = startedByRoot() ? '/var/cache' : process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  for (const folder of [join(preferred, 'hive-queen'), join(tmpdir(), `hive-queen-cache-${uid}`)]) {
    if (claimed(folder)) return folder;
  }
  throw new Error(`No folder for downloaded and unpacked programs: neither ${preferred} nor ${tmpdir()} is writable; set XDG_CACHE_HOME`);
}

/** A folder that somebody else planted under our name is not used: programs are started from it. */
function claimed(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    const { uid, mode } = lstatSync(folder);
    if (uid !== process.getuid?.()) return false;
    if (mode & 0o022 || startedByRoot()) chmodSync(folder, 0o755);
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes `name` in the cache once: `build` fills a folder beside it, which is then renamed into place. When two runs
 * build at once both finish, one rename wins and the other's folder is dropped.
 */
export async function builtOnce(name: string, build: (folder: string) => Promise<void>): Promise<string> {
  const cache = cacheFolder();
  const target = join(cache, name);
  if (existsSync(target)) return target;
  removeAbandoned(cache);
  const draft = mkdtempSync(join(cache, `${BUILDING}${ownIdentity()}-`));
  try {
    chmodSync(draft, 0o755);
    await build(draft);
    renameSync(draft, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return target;
}

/** Drafts of builders that were killed. */
function removeAbandoned(cache: string): void {
  for (const entry of readdirSync(cache)) {
    if (!entry.startsWith(BUILDING) || isAlive(entry.slice(BUILDING.length))) continue;
    rmSync(join(cache, entry), { recursive: true, force: true });
  }
}

/** `cp` keeps owners, links and modes and clones blocks where the file system can; Node's own copy does neither. */
export function copyTree(from: string, to: string): void {
  const { status, stderr } = spawnSync('cp', ['-a', '--reflink=auto', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Copying ${from} to ${to} failed: ${stderr.trim()}`);
}
