/**
 * tenancy: the customers of the platform and the place where each one's rows live.
 *
 * Owns: hive.tenants, a schema and a NOLOGIN role for each tenant, spare ones made ahead of need, the tenant of
 * a request, tenants' settings.
 * Does not know: people, their rights, or what stands in a tenant's tables.
 */
export { createTenancy, type TenancyOptions } from './tenancy.ts';
export { tenantName, tenantSlug } from './contract.ts';
export { tenantExists, tenantRequired, tenantSuspended, tenantUnknown, tenantMismatch, tenantUnprepared } from './errors.ts';
export type * from './port.ts';
