/** PostgreSQL refuses to run as root; this names the user it runs as instead (P6). */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface UnixUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** `postgres` first: where it exists, it is meant for this. `nobody` exists everywhere. */
const CANDIDATES = ['postgres', 'nobody'];

export const startedByRoot = () => process.getuid?.() === 0;

/** Undefined when we are not root and may run the stores ourselves. */
export function unprivilegedUser(): UnixUser | undefined {
  if (!startedByRoot()) return undefined;
  const entries = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  for (const candidate of CANDIDATES) {
    const entry = entries.find(([name]) => name === candidate);
    if (entry) return { name: candidate, uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new Error(`PostgreSQL refuses to run as root, and this machine has none of the users ${CANDIDATES.join(', ')}; create one (useradd --system postgres) or run as yourself`);
}

/** Spawn options that make a child run as that user; none when it is us. */
export const runningAs = (user: UnixUser | undefined) => (user ? { uid: user.uid, gid: user.gid } : {});

/** Whether that user may pass through every folder on the way to `folder`: asked of the system, which knows ACLs and mounts. */
export function canReach(user: UnixUser | undefined, folder: string): boolean {
  return spawnSync('test', ['-x', folder], { cwd: '/', ...runningAs(user) }).status === 0;
}
