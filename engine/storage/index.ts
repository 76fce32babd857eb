/**
 * storage: the ground. PostgreSQL connections and transactions, migrations, Redis connections.
 *
 * Owns: the pool, the ONE way to reach a tenant's tables (`asTenant`), the one way to reach shared tables
 * (`asService`), named queries, migrations.
 * Does not know: what a tenant, a user or a run is. A place is a schema and a role, nothing more.
 */
export { databaseUnavailable } from './errors.ts';
export { createDatabase, type Database, type Place, type Sql } from './database.ts';
export { loadQueries, type Query } from './queries.ts';
export { migrate, tenantMigrations } from './migrations.ts';
export { createRedis, redisOf, type Redis } from './redis.ts';
