/** How much is stored of a tenant, in every table that could hold something of it: to see that nothing was written. */
import type { HiveWorld } from '../world.ts';
import { schemaOf } from './executions-seen.ts';

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly shared: boolean;
}

async function tablesOf(world: HiveWorld, schema: string): Promise<Table[]> {
  return world.database.rows<Table>(
    `select table_schema as schema, table_name as name, false as shared from information_schema.tables where table_schema = $1 and table_type = 'BASE TABLE'
     union all
     select table_schema, table_name, true from information_schema.columns join information_schema.tables using (table_schema, table_name)
     where table_schema = 'hive' and table_type = 'BASE TABLE' and column_name = 'tenant_id'`,
    [schema],
  );
}

/** Rows by table: all of the tenant's own schema, and its part of the shared ones (people, sessions, audit). */
export async function rowsOfTenant(world: HiveWorld, tenant: string): Promise<Record<string, number>> {
  const tables = await tablesOf(world, await schemaOf(world, tenant));
  const counts = tables.map(({ schema, name, shared }) => `select '${schema}.${name}' as name, count(*)::int as rows from ${schema}.${name}${shared ? ' where tenant_id = $1' : ''}`);
  const rows = await world.database.rows<{ name: string; rows: number }>(counts.join(' union all '), [world.tenantNamed(tenant).id]);
  return Object.fromEntries(rows.map((row) => [row.name, row.rows]));
}

/** Tenants, people and agents that bear one of these names: they belong to no tenant, or to one that is not known yet. */
export async function bearersOf(world: HiveWorld, names: readonly string[]): Promise<string[]> {
  const rows = await world.database.rows<{ bearer: string }>(
    `select slug as bearer from hive.tenants where slug = any($1) union all select email from hive.users where email = any($1) union all select agent_id from hive.agents where agent_id = any($1)`,
    [names],
  );
  return rows.map((row) => row.bearer);
}
