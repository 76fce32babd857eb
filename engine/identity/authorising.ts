/**
 * The second check of rights (flow hq-authn-authz): by what the database says now, about one resource. Whatever
 * is decided is stored before anybody acts on it.
 */
import { traced, type Principal } from '../kernel/index.ts';
import type { AuditEvent, Compliance } from '../compliance/index.ts';
import type { Database } from '../storage/index.ts';
import { accessDenied, type DenialReason } from './errors.ts';
import { holdsAny, managesOthers } from './permissions.ts';
import type { Identity, Resource } from './port.ts';
import { queries } from './queries.ts';

interface RightsNow {
  readonly status: string;
  readonly permissions: readonly string[];
}

export type Decision = { readonly granted: true; readonly permissions: readonly string[] } | { readonly granted: false; readonly reason: DenialReason };

/** The rule, without I/O. A resource without an owner belongs to the whole tenant. */
export function decide(principal: Pick<Principal, 'userId' | 'tenantId'>, wanted: { permission: string; resource: Resource }, now: RightsNow | undefined): Decision {
  const { permission, resource } = wanted;
  if (now?.status !== 'active') return { granted: false, reason: 'inactive' };
  if (resource.tenantId !== principal.tenantId) return { granted: false, reason: 'tenant' };
  if (!holdsAny(now.permissions, permission)) return { granted: false, reason: 'permission' };
  const theirs = resource.ownerId === undefined || resource.ownerId === principal.userId;
  if (!theirs && !managesOthers(now.permissions, resource.kind)) return { granted: false, reason: 'owner' };
  return { granted: true, permissions: now.permissions };
}

/** As Identity.authorise; returns the permissions that the person has now. */
export type Authorise = (...asked: Parameters<Identity['authorise']>) => Promise<readonly string[]>;

export function createAuthorising(database: Database, compliance: Pick<Compliance, 'record' | 'securityEvent'>): Authorise {
  const rightsNow = ({ tenantId, userId }: Principal) =>
    database.asService(tenantId, (sql) => sql.one<RightsNow>(queries.check_resource_access, [tenantId, userId]));

  return async (principal, permission, resource, { requestId, ipAddress }) => {
    const tenant = principal.tenantId;
    const decision = await traced({ from: 'identity', to: 'rbac', message: 'check resource access', tenant, facts: { permission, kind: resource.kind } }, async () =>
      decide(principal, { permission, resource }, await rightsNow(principal)),
    );
    const event = (action: string, facts: object): AuditEvent => ({
      tenantId: tenant, actorId: principal.userId, action, resourceKind: resource.kind, resourceId: resource.id, requestId, ipAddress, facts: { permission, ...facts },
    });
    if (decision.granted) {
      await traced({ from: 'identity', to: 'compliance', message: 'access granted', tenant }, () => compliance.record(event('access.granted', {}), 'success'));
      return decision.permissions;
    }
    const { reason } = decision;
    await traced({ from: 'identity', to: 'compliance', message: 'access denied', tenant }, () => compliance.securityEvent(event('access.denied', { reason })));
    throw accessDenied({ permission, kind: resource.kind, id: resource.id, reason });
  };
}
