/** Looks into PostgreSQL as nobody but a test may: past roles and row-level security, to see what is really stored. */
import pg from 'pg';

export interface DatabaseInspector {
  rows<Row extends object = Record<string, any>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** The schema in which a tenant's rows live, by slug. */
  schemaOf(slug: string): Promise<string>;
  close(): Promise<void>;
}

export function inspectDatabase(url: string): DatabaseInspector {
  const pool = new pg.Pool({ connectionString: url, max: 2, application_name: 'inspector', allowExitOnIdle: true });
  const rows = async <Row extends object>(sql: string, parameters: readonly unknown[] = []) => (await pool.query(sql, parameters as unknown[])).rows as Row[];
  async function schemaOf(slug: string) {
    const [tenant] = await rows<{ schema: string }>('select schema from hive.tenants where slug = $1', [slug]);
    if (!tenant) throw new Error(`no tenant has the slug ${slug}`);
    return tenant.schema;
  }
  return { rows: rows as DatabaseInspector['rows'], schemaOf, close: () => pool.end() };
}
