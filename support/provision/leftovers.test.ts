import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isAlive, ownIdentity } from './process-identity.ts';
import { createRunFolder, processesIn, removeAbandonedRuns } from './run-folder.ts';

const [boot, namespace, pid, started] = ownIdentity().split('-') as [string, string, string, string];

describe('who is known to be gone', () => {
  it('tells a process from a later one with the same pid, and from one of an earlier boot', () => {
    expect(isAlive(ownIdentity())).to.equal(true);
    expect(isAlive([boot, namespace, pid, Number(started) + 1].join('-'))).to.equal(false);
    expect(isAlive(['00000000', namespace, pid, started].join('-'))).to.equal(false);
  });

  it('never declares a process of another PID namespace gone', () => {
    expect(isAlive([boot, '1', '1', '1'].join('-'))).to.equal(true);
  });
});

describe('what a killed watchdog left behind', () => {
  it('ends the processes that work in its folder and removes it, and touches no folder in use', async (test) => {
    const runs = mkdtempSync(join(tmpdir(), 'hive-leftovers-'));
    const inUse = createRunFolder(runs);
    const abandoned = join(runs, `hive-queen-run-${boot}-${namespace}-${pid}-1-abcdef`);
    mkdirSync(join(abandoned, 'postgres-18'), { recursive: true });
    const orphan = spawn('sleep', ['60'], { cwd: join(abandoned, 'postgres-18'), stdio: 'ignore' });
    const ended = once(orphan, 'exit');
    test.after(() => {
      orphan.kill('SIGKILL');
      rmSync(runs, { recursive: true });
    });
    await once(orphan, 'spawn');
    expect(processesIn(abandoned)).to.deep.equal([orphan.pid]);
    expect(await removeAbandonedRuns(runs)).to.equal(1);
    expect([existsSync(abandoned), existsSync(inUse)]).to.deep.equal([false, true]);
    await ended;
  });
});
