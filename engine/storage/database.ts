/**
 * PostgreSQL as the rooms see it.
 *
 * D1. A tenant's tables are reached only inside `asTenant`: a transaction that begins with SET LOCAL ROLE and
 *     SET LOCAL search_path. Both end with the transaction, so nothing leaks to the next user of a connection,
 *     and the transaction may pass through pgbouncer.
 * D2. Shared tables are reached only inside `asService`: a role that does not own them, with row-level security
 *     forced and the tenant (or, for platform work, `every`) named.
 * D3. Every statement has a name and makes one span, `from` the room that owns the query, `to` postgres.
 */
import pg from 'pg';
import { traced, type Logger } from '../kernel/index.ts';
import type { Query } from './queries.ts';

/** Where a tenant's rows live. */
export interface Place {
  readonly schema: string;
  readonly role: string;
  /** For spans only. */
  readonly tenantId?: string;
}

type Row = Record<string, unknown>;

/** Named statements inside one transaction. */
export interface Sql {
  rows<T extends object = Row>(query: Query, parameters?: readonly unknown[]): Promise<T[]>;
  /** The first row, or undefined. */
  one<T extends object = Row>(query: Query, parameters?: readonly unknown[]): Promise<T | undefined>;
  /** Number of rows inserted, updated or deleted. */
  affected(query: Query, parameters?: readonly unknown[]): Promise<number>;
  /** The rest of this transaction runs in another place; used where one transaction serves many tenants. */
  enter(place: Place): Promise<void>;
}

export interface Database {
  asTenant<T>(place: Place, work: (sql: Sql) => Promise<T>): Promise<T>;
  asService<T>(tenantId: string | 'every', work: (sql: Sql) => Promise<T>): Promise<T>;
  /** As the owner of the schema: migrations, provisioning and the materialiser, never a request's own statements. */
  asOwner<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Statements without parameters, outside a transaction (DDL of migrations). */
  script(text: string): Promise<void>;
  /** A connection of its own, outside the pool: the journal's lanes. The caller ends it. */
  connect(purpose: string): Promise<pg.Client>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly connections: number;
  readonly applicationName: string;
  readonly log: Logger;
}

const quoted = pg.escapeIdentifier;
// `reset role` first: a role that some statement set for the session must not decide who we are.
const beginAs = {
  tenant: (place: Place) => `begin; reset role; set local role ${quoted(place.role)}; set local search_path to ${quoted(place.schema)}, pg_temp`,
  service: (tenantId: string) =>
    `begin; reset role; set local role hive_service; set local search_path to hive, pg_temp; set local hive.tenant to ${pg.escapeLiteral(tenantId)}`,
  owner: 'begin; reset role; set local search_path to hive, pg_temp',
};

function statements(client: pg.ClientBase, tenant: string | undefined): Sql {
  let tenantId = tenant;
  const run = (query: Query, parameters: readonly unknown[]) =>
    traced({ from: query.room, to: 'postgres', message: query.name, tenant: tenantId }, () =>
      client.query<Row>({ name: query.name, text: query.text, values: parameters as unknown[] }),
    );
  return {
    rows: async <T>(query: Query, parameters: readonly unknown[] = []) => (await run(query, parameters)).rows as T[],
    one: async <T>(query: Query, parameters: readonly unknown[] = []) => (await run(query, parameters)).rows[0] as T | undefined,
    affected: async (query, parameters = []) => (await run(query, parameters)).rowCount ?? 0,
    enter: async (place) => {
      tenantId = place.tenantId;
      await client.query(`reset role; set local role ${quoted(place.role)}; set local search_path to ${quoted(place.schema)}, pg_temp`);
    },
  };
}

/** Rolls back, and hands a connection that cannot even do that back as broken so that the pool drops it. */
async function rollBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

export function createDatabase({ url, connections, applicationName, log }: DatabaseOptions): Database {
  const pool = new pg.Pool({ connectionString: url, max: connections, application_name: applicationName, idleTimeoutMillis: 30_000 });
  // An idle connection that PostgreSQL closes (restart, failover) raises here; the pool replaces it on next use.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
  // One in use raises on itself, and the statement under way is rejected as well; without a listener the process would end.
  pool.on('connect', (client) => client.on('error', (error) => log.warn({ err: error }, 'a database connection in use was lost')));

  async function transaction<T>(begin: string, tenant: string | undefined, work: (sql: Sql) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(begin);
      const result = await work(statements(client, tenant));
      await client.query('commit');
      return result;
    } catch (error) {
      broken = await rollBack(client);
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async function connect(purpose: string) {
    const client = new pg.Client({ connectionString: url, application_name: `${applicationName} ${purpose}` });
    await client.connect();
    return client;
  }

  return {
    asTenant: (place, work) => transaction(beginAs.tenant(place), place.tenantId, work),
    asService: (tenantId, work) => transaction(beginAs.service(tenantId), tenantId === 'every' ? undefined : tenantId, work),
    asOwner: (work) => transaction(beginAs.owner, undefined, work),
    script: async (text) => void (await pool.query(text)),
    connect,
    ping: async () => void (await pool.query('select 1')),
    close: () => pool.end(),
  };
}
