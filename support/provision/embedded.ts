/** Both stores as processes of this machine, without anything installed on it beyond `npm ci`. */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache.ts';
import { embeddedPostgresPackage, preparePostgres } from './embedded-postgres.ts';
import { prepareRedis } from './embedded-redis.ts';
import { watchdogFor } from './leash.ts';
import { removeAbandonedRuns, runsFolder } from './run-folder.ts';
import type { Provisioned, ProvisionRequest, Refusal, Strategy } from './strategy.ts';
import { canReach, unprivilegedUser, type UnixUser } from './unprivileged-user.ts';

async function start(request: ProvisionRequest): Promise<Provisioned | Refusal> {
  const installed = embeddedPostgresPackage();
  if (process.platform !== 'linux') return { refused: `it needs Linux (/proc tells which stores were left behind), this is ${process.platform}` };
  if (!installed) return { refused: `npm installed no PostgreSQL for ${process.platform}-${process.arch}; run npm ci with optional packages` };
  const user = unprivilegedUser();
  const runs = runsFolder(request.environment);
  if (!canReach(user, runs)) return { refused: `${user?.name ?? 'this user'} cannot reach ${runs}; set HIVE_TEMPORARY to a folder that it can` };
  const abandoned = await removeAbandonedRuns(runs);
  if (abandoned) request.say(`removed what ${abandoned} killed run(s) had left behind in ${runs}`);
  const [postgres, redis] = [await preparePostgres(installed, user), await prepareRedis(user, request.say)];
  const home = request.keepDataIn === undefined ? undefined : homeFor(request.keepDataIn, user);
  const leash = await watchdogFor({ kind: 'embedded', runsFolder: runs, postgres, redis, user, home, keep: home !== undefined }, request.lost ?? request.say);
  const { databaseUrl, redisUrl, folder } = leash.ready;
  const place = home ? `data kept in ${home}` : `data in ${folder}`;
  const owner = user ? ` as user ${user.name}` : '';
  return {
    mode: 'embedded',
    databaseUrl: databaseUrl!,
    redisUrl: redisUrl!,
    describe: () => `embedded: PostgreSQL ${postgres.version} and Redis ${redis.version} (${redis.program})${owner}, ${place}`,
    stop: leash.release,
  };
}

/**
 * The folder asked for, when the stores' user can reach it; else one in the cache that is named by it. Started by
 * root from a clone under /root, the first cannot work.
 */
function homeFor(keepDataIn: string, user: UnixUser | undefined): string {
  mkdirSync(keepDataIn, { recursive: true });
  const home = canReach(user, keepDataIn) ? join(keepDataIn, 'embedded') : elsewhere(keepDataIn);
  mkdirSync(home, { recursive: true });
  chmodSync(home, 0o711);
  return home;
}

const elsewhere = (keepDataIn: string) => join(cacheFolder(), `data-${createHash('sha256').update(keepDataIn).digest('hex').slice(0, 16)}`);

export const embedded: Strategy = {
  mode: 'embedded',
  start,
  keptDataExists: (folder) => existsSync(join(folder, 'embedded')) || existsSync(elsewhere(folder)),
};
