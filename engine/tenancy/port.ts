import type { Service, Tenant, TenantSettings } from '../kernel/index.ts';
import type { Place, Sql } from '../storage/index.ts';

/** What is absent stays as it is; null takes a setting back to the platform's default. */
export type SettingsChange = { readonly [Key in keyof TenantSettings]?: TenantSettings[Key] | null };

export interface Tenancy extends Service {
  /**
   * Takes a prepared spare tenant (milliseconds) or makes one (~0.1 s). Throws TENANT_EXISTS (409) on a taken slug.
   * `alongside` runs in the same transaction, in the shared schema: when it throws, nothing was claimed.
   */
  claim(wanted: { name: string; slug: string }, alongside?: (sql: Sql, tenant: Tenant) => Promise<void>): Promise<Tenant>;
  /** By id or slug; undefined when unknown. Kept in memory shortly; a change on any process is seen on all at once. */
  find(idOrSlug: string): Promise<Tenant | undefined>;
  /**
   * The tenant of a request (flow hq-tenant-request). `header` is X-Tenant-ID, `claim` the token's tenant.
   * Neither: TENANT_REQUIRED 400. Unknown: TENANT_UNKNOWN 404. Disagreeing: TENANT_MISMATCH 403 and a security
   * event. Suspended: TENANT_SUSPENDED 403.
   */
  resolve(asked: { header?: string | undefined; claim?: string | undefined; requestId: string; ipAddress: string; userId?: string | undefined }): Promise<Tenant>;
  /** In one statement, so that two changes at once both count. */
  changeSettings(tenantId: string, change: SettingsChange): Promise<Tenant>;
  setStatus(tenantId: string, status: Tenant['status']): Promise<Tenant>;
  /** Statements in the tenant's own schema under its own role. */
  within<T>(tenant: Tenant, work: (sql: Sql) => Promise<T>): Promise<T>;
  placeOf(tenant: Tenant): Place;
}
