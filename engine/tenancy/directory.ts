/**
 * Tenants by id and slug, kept in memory.
 *
 * T1. A change on any process empties the entry on all of them, through Redis pub/sub.
 * T2. Pub/sub forgets. After a lost connection everything is forgotten, and without Redis an entry is at most
 *     `freshMs` old.
 * T3. An answer read before a change arrived is not kept after it.
 * T4. That a tenant is unknown is never kept: it may be claimed at any moment, by any process.
 */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Logger, Tenant, TenantSettings } from '../kernel/index.ts';
import type { Database, Redis } from '../storage/index.ts';
import { queries } from './queries.ts';

/** Too low: a query a request. Too high: with Redis away, a suspended tenant works on for so long. */
const freshMs = 5_000;
const mostTenants = 5_000;
const CHANNEL = 'tenancy:changed';

export interface TenantRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly status: Tenant['status'];
  readonly schema: string;
  readonly role: string;
  readonly settings: TenantSettings;
}

export const tenantOf = (row: TenantRow): Tenant => ({ ...row, keyPrefix: `t:${row.id}:` });

export interface Directory {
  find(idOrSlug: string): Promise<Tenant | undefined>;
  /** Forgets a tenant here and tells the other processes to. */
  changed(tenant: Tenant): Promise<void>;
  listen(): Promise<void>;
  close(): Promise<void>;
}

const isId = (text: string) => z.uuid().safeParse(text).success;

/** Hears of changes on a connection of its own, as Redis demands of subscribers. */
function createListener(redis: Redis, log: Logger, hear: { changed(tenantId: string): void; gap(): void }) {
  let connection: Redis | undefined;

  async function listen() {
    connection = redis.duplicate();
    connection.on('error', (error: Error) => log.warn({ err: error }, 'the connection that hears of changed tenants'));
    connection.on('message', (_channel: string, tenantId: string) => hear.changed(tenantId));
    // What changed while the connection was away was not heard.
    connection.on('close', hear.gap);
    connection.on('ready', hear.gap);
    await connection.subscribe(CHANNEL);
  }

  async function close() {
    connection?.disconnect();
    connection = undefined;
  }

  return { listen, close };
}

export function createDirectory({ database, redis, log }: { database: Database; redis: Redis; log: Logger }): Directory {
  const kept = new LRUCache<string, Tenant>({ max: mostTenants, ttl: freshMs });
  let changes = 0;

  function forget(tenantId: string) {
    changes += 1;
    const known = kept.get(tenantId);
    kept.delete(tenantId);
    if (known) kept.delete(known.slug);
  }
  function forgetAll() {
    changes += 1;
    kept.clear();
  }
  const listener = createListener(redis, log, { changed: forget, gap: forgetAll });

  async function find(idOrSlug: string) {
    const known = kept.get(idOrSlug);
    if (known) return known;
    const changesBefore = changes;
    const query = isId(idOrSlug) ? queries.find_tenant_by_id : queries.find_tenant_by_slug;
    const row = await database.asService('every', (sql) => sql.one<TenantRow>(query, [idOrSlug]));
    if (!row) return undefined;
    const tenant = tenantOf(row);
    if (changes === changesBefore) for (const key of [tenant.id, tenant.slug]) kept.set(key, tenant); // T3
    return tenant;
  }

  async function changed(tenant: Tenant) {
    forget(tenant.id);
    kept.delete(tenant.slug);
    await redis.publish(CHANNEL, tenant.id).catch((error: unknown) =>
      log.warn({ err: error, tenant: tenant.id }, `other processes see the change of a tenant up to ${freshMs} ms late`),
    );
  }

  return { find, changed, listen: listener.listen, close: listener.close };
}
