/** Runs a command with DATABASE_URL and REDIS_URL set to servers that somebody else runs: here, embedded ones. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { provision } from '../support/provision/index.ts';

process.env['HIVE_PROVISION'] = 'embedded';
const stores = await provision({ purpose: 'tests' });
const [command, ...rest] = process.argv.slice(2);
try {
  const child = spawn(command!, rest, {
    stdio: 'inherit',
    env: { ...process.env, HIVE_PROVISION: 'external', DATABASE_URL: stores.databaseUrl, REDIS_URL: stores.redisUrl },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  await stores.stop();
}
