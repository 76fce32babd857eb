import { traced, type Clock, type Logger, type RouteDefinition, type Tenant } from '../kernel/index.ts';
import type { Compliance } from '../compliance/index.ts';
import type { Database, Place, Query, Redis, Sql } from '../storage/index.ts';
import { createDirectory, tenantOf, type TenantRow } from './directory.ts';
import { tenantExists, tenantUnknown, tenantUnprepared } from './errors.ts';
import type { Tenancy } from './port.ts';
import { createProvisioning, type Provisioning } from './provisioning.ts';
import { queries } from './queries.ts';
import { createResolving } from './resolving.ts';
import { tenancyRoutes } from './routes.ts';
import { createSpares } from './spares.ts';

export interface TenancyOptions {
  readonly database: Database;
  /** As this room sees it (`redisOf`), so that its commands make spans. */
  readonly redis: Redis;
  readonly compliance: Pick<Compliance, 'attempt' | 'securityEvent'>;
  /** Tenants kept prepared; 0 makes each one when it is claimed. */
  readonly spares: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Others may take the place that was made for a claim; so often it is tried. */
const CLAIM_ATTEMPTS = 10;
const UNIQUE_VIOLATION = '23505';

const placeOf = ({ schema, role, id }: Tenant): Place => ({ schema, role, tenantId: id });

function createClaiming({ database, clock }: TenancyOptions, provisioning: Provisioning) {
  const claimSpare = (wanted: { name: string; slug: string }, alongside?: Alongside) =>
    database.asService('every', async (sql) => {
      const row = await claimRow(sql, wanted);
      if (!row) return undefined;
      const tenant = tenantOf(row);
      await alongside?.(sql, tenant);
      return tenant;
    });

  async function claimRow(sql: Sql, { slug, name }: { name: string; slug: string }) {
    try {
      return await sql.one<TenantRow>(queries.claim_spare, [slug, name, new Date(clock.now())]);
    } catch (cause) {
      if ((cause as { code?: string }).code === UNIQUE_VIOLATION) throw tenantExists({ slug }, { cause });
      throw cause;
    }
  }

  return async (wanted: { name: string; slug: string }, alongside?: Alongside): Promise<Tenant> => {
    for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt += 1) {
      const tenant = await claimSpare(wanted, alongside);
      if (tenant) return tenant;
      await provisioning.makeOne();
    }
    throw tenantUnprepared({ slug: wanted.slug });
  };
}

type Alongside = (sql: Sql, tenant: Tenant) => Promise<void>;

/** Tenants of the platform; their schema is in migrations/shared/0010_tenancy.sql. */
export function createTenancy(options: TenancyOptions): Tenancy & { readonly routes: readonly RouteDefinition[] } {
  const { database, redis, compliance, spares: wanted, log } = options;
  const directory = createDirectory({ database, redis, log });
  const provisioning = createProvisioning(database);
  const spares = createSpares(provisioning, { wanted, log });
  const claim = createClaiming(options, provisioning);

  async function change(tenantId: string, query: Query, value: unknown): Promise<Tenant> {
    const row = await database.asService(tenantId, (sql) => sql.one<TenantRow>(query, [tenantId, value]));
    if (!row) throw tenantUnknown({ tenant: tenantId });
    const tenant = tenantOf(row);
    await directory.changed(tenant);
    return tenant;
  }

  const tenancy: Tenancy = {
    name: 'tenancy',
    async start() {
      const changed = await provisioning.migrate();
      if (changed > 0) log.info({ tenants: changed }, 'tenants were brought up to date');
      await directory.listen();
      spares.replenish();
    },
    async stop() {
      await spares.stop();
      await directory.close();
    },
    async claim(asked, alongside) {
      const tenant = await claim(asked, alongside);
      spares.replenish();
      return tenant;
    },
    find: directory.find,
    resolve: createResolving(directory, compliance),
    changeSettings: (tenantId, settings) => change(tenantId, queries.change_settings, JSON.stringify(settings)),
    setStatus: (tenantId, status) => change(tenantId, queries.change_status, status),
    within: (tenant, work) =>
      traced({ from: 'tenancy', to: 'tenant-database', message: 'execute within tenant schema', tenant: tenant.id, facts: { schema: tenant.schema } }, () =>
        database.asTenant(placeOf(tenant), work),
      ),
    placeOf,
  };
  return { ...tenancy, routes: tenancyRoutes(tenancy, compliance) };
}
