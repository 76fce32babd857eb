/**
 * PostgreSQL as the rooms see it.
 *
 * D1. A tenant's tables are reached only inside `asTenant`: a transaction that begins with SET LOCAL ROLE and
 *     SET LOCAL search_path. Both end with the transaction, so nothing leaks to the next user of a connection,
 *     and the transaction may pass through pgbouncer.
 * D2. Shared tables are reached only inside `asService`: a role that does not own them, with row-level security
 *     forced and the tenant (or, for platform work, `every`) named.
 * D3. Every statement has a name and makes one span, `from` the room that owns the query, `to` postgres.
 * D4. The server may go away at any moment: no connection is ever without somebody who hears of its loss, because an
 *     `error` that nobody hears ends the process. Whoever waits for it is told DATABASE_UNAVAILABLE.
 */
import pg from 'pg';
import { traced, type Logger } from '../kernel/index.ts';
import { lossOr } from './errors.ts';
import type { Query } from './queries.ts';

/** Where a tenant's rows live. */
export interface Place {
  readonly schema: string;
  readonly role: string;
  /** For spans only. */
  readonly tenantId?: string;
}

type Row = Record<string, unknown>;

/** Longest wait for a connection, be it that the server does not answer or that all are in use. */
const CONNECT_MS = 10_000;

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

/** One transaction on a connection of the pool; a connection that was lost meanwhile is not given back for use. */
async function transaction<T>(pool: pg.Pool, { begin, tenant, work }: Transaction<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // The pool listens only to idle connections (D4). The statement under way, or the next one, tells what happened.
  const hear = (error: Error) => void (broken = error);
  client.on('error', hear);
  try {
    await client.query(begin);
    const result = await work(statements(client, tenant));
    await client.query('commit');
    return result;
  } catch (error) {
    broken ??= await rollBack(client);
    throw error;
  } finally {
    client.release(broken);
    client.off('error', hear);
  }
}

interface Transaction<T> {
  readonly begin: string;
  readonly tenant?: string | undefined;
  readonly work: (sql: Sql) => Promise<T>;
}

/** A failure of the connection as DATABASE_UNAVAILABLE (D4). */
async function reaching<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw lossOr(error);
  }
}

export function createDatabase({ url, connections, applicationName, log }: DatabaseOptions): Database {
  const common = { connectionString: url, connectionTimeoutMillis: CONNECT_MS, keepAlive: true };
  const pool = new pg.Pool({ ...common, max: connections, application_name: applicationName, idleTimeoutMillis: 30_000 });
  // An idle connection that PostgreSQL closes (restart, failover) raises here; the pool replaces it on next use.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
  const within = <T>(wanted: Transaction<T>) => reaching(transaction(pool, wanted));

  async function connect(purpose: string) {
    const client = new pg.Client({ ...common, application_name: `${applicationName} ${purpose}` });
    client.on('error', (error) => log.warn({ err: error, purpose }, 'a database connection was lost'));
    await client.connect();
    return client;
  }

  return {
    asTenant: (place, work) => within({ begin: beginAs.tenant(place), tenant: place.tenantId, work }),
    asService: (tenantId, work) => within({ begin: beginAs.service(tenantId), tenant: tenantId === 'every' ? undefined : tenantId, work }),
    asOwner: (work) => within({ begin: beginAs.owner, work }),
    script: async (text) => void (await reaching(pool.query(text))),
    connect: (purpose) => reaching(connect(purpose)),
    ping: async () => void (await reaching(pool.query('select 1'))),
    close: () => pool.end(),
  };
}
