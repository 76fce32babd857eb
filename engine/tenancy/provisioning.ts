/**
 * Places for tenants: a schema and a NOLOGIN role each, made ahead of need because making one takes about 0.1 s.
 *
 * P1. A place appears whole or not at all: role, schema, migrations and row are one transaction.
 * P2. Spares are counted and made under one lock of the database, so that several processes together never make
 *     more than are wanted. Without a spare a place is made outside the lock: a sign-up waits for nobody's stock.
 * P3. Work happens on a connection of its own: it takes no turn of the pool and may hold its lock for seconds.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { newId } from '../kernel/index.ts';
import { tenantMigrations, type Database } from '../storage/index.ts';
import { queries } from './queries.ts';

export interface Provisioning {
  /** Makes spares until `wanted` exist. Returns the number made. */
  fill(wanted: number): Promise<number>;
  /** Makes one spare, whatever exists. */
  makeOne(): Promise<void>;
  /** Applies what is missing to every tenant's schema, one transaction a tenant. Returns the number of schemas changed. */
  migrate(): Promise<number>;
}

interface Place {
  readonly id: string;
  readonly schema: string;
  readonly role: string;
}

type Migration = ReturnType<typeof tenantMigrations>[number];

/** Any constant: one process at a time counts spares, or brings tenants' schemas up to date. */
const PROVISIONING_LOCK = 4_811_002;
const quoted = pg.escapeIdentifier;
const quotedText = pg.escapeLiteral;

/** Roles belong to the whole server, so the name is random and not derived from anything of one database. */
function newPlace(): Place {
  const name = `t_${randomBytes(6).toString('hex')}`;
  return { id: newId(), schema: name, role: name };
}

/** The text of a migration for one place: `{{schema}}` and `{{role}}` become quoted identifiers. */
export const migrationFor = ({ schema, role }: Pick<Place, 'schema' | 'role'>, text: string) =>
  text.replaceAll('{{schema}}', () => quoted(schema)).replaceAll('{{role}}', () => quoted(role));

const migrationScript = (place: Place, migrations: readonly Migration[]) => [
  `set local search_path to ${quoted(place.schema)}, pg_temp`,
  ...migrations.map((migration) => migrationFor(place, migration.text)),
  'reset search_path',
  ...migrations.map(({ number, name }) =>
    `insert into hive.tenant_migrations (tenant_id, number, name) values (${quotedText(place.id)}, ${number}, ${quotedText(name)})`),
];

/** Since PostgreSQL 16 a role's maker may administer it but not become it; the grant by name gives that too, in 15 as in 18. */
const placeScript = (place: Place) => [
  `create role ${quoted(place.role)} nologin`,
  `grant ${quoted(place.role)} to current_user`,
  `create schema ${quoted(place.schema)}`,
  `grant usage on schema ${quoted(place.schema)} to ${quoted(place.role)}`,
  `insert into hive.tenants (id, schema, role) values (${[place.id, place.schema, place.role].map(quotedText).join(', ')})`,
  ...migrationScript(place, tenantMigrations()),
];

/**
 * One message of several statements is one transaction; PostgreSQL rolls all of it back at the first error.
 * The separator has a line of its own, because a migration may end with a comment.
 */
const inOneTransaction = (client: pg.Client, statements: readonly string[]) => client.query(statements.join('\n;\n'));

interface Behind extends Place {
  readonly numbers: readonly number[];
}

/** Schemas that lack a migration, with those they have. */
async function findBehind(client: pg.Client, migrations: readonly Migration[]): Promise<Behind[]> {
  const numbers = migrations.map((migration) => migration.number);
  const { rows } = await client.query<Behind>(queries.find_behind.text, [numbers]);
  return rows;
}

async function migrateAll(client: pg.Client): Promise<number> {
  const migrations = tenantMigrations();
  const behind = await findBehind(client, migrations);
  for (const place of behind)
    await inOneTransaction(client, migrationScript(place, migrations.filter(({ number }) => !place.numbers.includes(number))));
  return behind.length;
}

async function fillUp(client: pg.Client, wanted: number): Promise<number> {
  const { rows } = await client.query<{ spares: number }>(queries.count_spares.text);
  const missing = Math.max(0, wanted - (rows[0]?.spares ?? 0));
  for (let made = 0; made < missing; made += 1) await inOneTransaction(client, placeScript(newPlace()));
  return missing;
}

export function createProvisioning(database: Pick<Database, 'connect'>): Provisioning {
  async function connected<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = await database.connect('tenancy');
    try {
      await client.query("set hive.tenant to 'every'");
      return await work(client);
    } finally {
      await client.end();
    }
  }

  /** The lock belongs to the connection and is gone with it, also when the process dies. */
  const alone = <T>(work: (client: pg.Client) => Promise<T>) =>
    connected(async (client) => {
      await client.query('select pg_advisory_lock($1)', [PROVISIONING_LOCK]);
      return work(client);
    });

  return {
    fill: (wanted) => alone((client) => fillUp(client, wanted)),
    makeOne: () => connected(async (client) => void (await inOneTransaction(client, placeScript(newPlace())))),
    migrate: () => alone(migrateAll),
  };
}
