/**
 * Migrations are numbered SQL files, never edited once landed. `migrations/shared` runs once a database,
 * `migrations/tenant` once in every tenant's schema (tenancy applies those).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { Database } from './database.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly text: string;
}

/** Any constant: one migrating process at a time in a database. */
const MIGRATION_LOCK = 4_811_001;

function read(folder: string): Migration[] {
  return readdirSync(join(import.meta.dirname, 'migrations', folder))
    .filter((file) => /^\d{4}_\w+\.sql$/.test(file))
    .sort()
    .map((file) => ({
      number: Number(file.slice(0, 4)),
      name: file.slice(5, -4),
      text: readFileSync(join(import.meta.dirname, 'migrations', folder, file), 'utf8'),
    }));
}

/** Those of every tenant's schema, in order; each text runs with search_path set to that schema. */
export const tenantMigrations = (): Migration[] => read('tenant');

async function applyPending(client: pg.Client): Promise<string[]> {
  await client.query(`create schema if not exists hive;
    create table if not exists hive.migrations (number integer primary key, name text not null, applied_at timestamptz not null default now())`);
  const done = new Set((await client.query<{ number: number }>('select number from hive.migrations')).rows.map((row) => row.number));
  const pending = read('shared').filter((migration) => !done.has(migration.number));
  for (const { number, name, text } of pending) {
    await client.query('begin; set local search_path to hive');
    await client.query(text);
    await client.query('insert into hive.migrations (number, name) values ($1, $2)', [number, name]);
    await client.query('commit');
  }
  return pending.map((migration) => migration.name);
}

/** Brings a database up to date and returns the names of what ran; a second process waits for the first. */
export async function migrate(database: Database): Promise<string[]> {
  const client = await database.connect('migrations');
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await applyPending(client);
  } finally {
    await client.end();
  }
}
