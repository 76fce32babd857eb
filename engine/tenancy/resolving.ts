/** The tenant of a request (flow hq-tenant-request): named by header, by token, or by both in agreement. */
import { traced, type Tenant } from '../kernel/index.ts';
import type { Compliance } from '../compliance/index.ts';
import type { Directory } from './directory.ts';
import { tenantMismatch, tenantRequired, tenantSuspended, tenantUnknown } from './errors.ts';
import type { Tenancy } from './port.ts';

type Asked = Parameters<Tenancy['resolve']>[0];

export function createResolving(directory: Pick<Directory, 'find'>, compliance: Pick<Compliance, 'securityEvent'>): Tenancy['resolve'] {
  /** Stored for the tenant whose person tried; the tenant that was named learns nothing of it. */
  async function refuseMismatch(named: Tenant, { claim, header, userId, requestId, ipAddress }: Asked): Promise<never> {
    const denied = { tenantId: claim, actorId: userId, action: 'tenant.mismatch', resourceKind: 'tenants', resourceId: named.id, requestId, ipAddress };
    await traced({ from: 'tenancy', to: 'compliance', message: 'tenant mismatch', tenant: claim }, () => compliance.securityEvent(denied));
    throw tenantMismatch({ tenant: header ?? named.slug });
  }

  /** Validate Tenant Access. */
  async function validateAccess(named: Tenant, asked: Asked) {
    if (asked.claim !== undefined && asked.claim !== named.id) await refuseMismatch(named, asked);
    if (named.status === 'suspended') throw tenantSuspended({ tenant: named.slug });
  }

  return async (asked) => {
    const name = asked.header || asked.claim;
    if (!name) throw tenantRequired({});
    const tenant = await directory.find(name);
    if (!tenant) throw tenantUnknown({ tenant: name });
    await traced({ from: 'tenancy', to: 'tenancy', message: 'validate tenant access', tenant: tenant.id }, () => validateAccess(tenant, asked));
    return tenant;
  };
}
