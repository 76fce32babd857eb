/** Stores that somebody else runs: used as they are, never started, stopped or emptied here. */
import pg from 'pg';
import { redisAnswers } from './redis-probe.ts';
import { withoutPassword, type Provisioned, type ProvisionRequest, type Refusal, type Strategy } from './strategy.ts';

const ANSWER_WITHIN_MS = 5_000;

async function postgresVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: ANSWER_WITHIN_MS });
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version ?? 'of unknown version';
  } catch (error) {
    throw new Error(`DATABASE_URL is set, but ${withoutPassword(url)} does not serve: ${(error as Error).message}. Correct or unset it.`, { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function start({ environment }: ProvisionRequest): Promise<Provisioned | Refusal> {
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = environment;
  if (!databaseUrl && !redisUrl) return { refused: 'DATABASE_URL and REDIS_URL are not set' };
  if (!databaseUrl || !redisUrl) return { refused: `only one of the two is set, ${databaseUrl ? 'REDIS_URL' : 'DATABASE_URL'} is missing` };
  const version = await postgresVersion(databaseUrl);
  const refused = await redisAnswers(new URL(redisUrl), ANSWER_WITHIN_MS);
  if (refused) throw new Error(`REDIS_URL is set, but ${withoutPassword(redisUrl)} does not serve: ${refused}. Correct or unset it.`);
  return {
    mode: 'external',
    databaseUrl,
    redisUrl,
    describe: () => `external: PostgreSQL ${version} at ${withoutPassword(databaseUrl)}, Redis at ${withoutPassword(redisUrl)}`,
    stop: async () => undefined,
  };
}

export const external: Strategy = { mode: 'external', start, keptDataExists: () => false };
