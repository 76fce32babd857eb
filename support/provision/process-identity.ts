/**
 * Who started something, in a form that outlives them: `<boot>-<pid namespace>-<pid>-<start time>`.
 *
 * A pid alone is reused; with its start time (clock ticks since boot) and the boot it is not. Another PID namespace
 * (a runner inside a container that shares our Docker engine) cannot be looked into, so its processes count as alive:
 * leaving a stranger's container is a nuisance, removing it is damage.
 */
import { readFileSync, readlinkSync } from 'node:fs';

const boot = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
const pidNamespace = () => readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');

/** Field 22 of /proc/<pid>/stat; the name in field 2 may hold blanks and parentheses, so count after the last one. */
function startTime(pid: number | 'self'): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ended = afterName[0] === 'Z' || afterName[0] === 'X';
    return ended ? undefined : afterName[19];
  } catch {
    return undefined;
  }
}

export function ownIdentity(): string {
  return [boot(), pidNamespace(), process.pid, startTime('self')].join('-');
}

/** False only when that process is known to be gone. */
export function isAlive(identity: string): boolean {
  const [itsBoot, itsNamespace, pid, started] = identity.split('-');
  if (itsBoot !== boot()) return false;
  if (itsNamespace !== pidNamespace()) return true;
  return startTime(Number(pid)) === started;
}
