/** The folder of kept data belongs to one start at a time. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, ownIdentity } from './process-identity.ts';
import { endProcessesIn } from './run-folder.ts';

/**
 * Takes the folder, or throws when a living start has it. Stores left there by a watchdog that was killed are ended
 * first; they would hold PostgreSQL's lock. Returns how to leave it.
 */
export async function takeHome(home: string): Promise<() => void> {
  const mark = join(home, 'in-use-by');
  const owner = ownerOf(mark);
  if (owner && isAlive(owner)) throw new Error(`the data in ${home} is in use by another start (process ${owner.split('-')[2]}); end that one first`);
  if (owner) await endProcessesIn(home);
  writeFileSync(mark, ownIdentity());
  return () => rmSync(mark, { force: true });
}

function ownerOf(mark: string): string | undefined {
  try {
    return readFileSync(mark, 'utf8');
  } catch {
    return undefined;
  }
}
