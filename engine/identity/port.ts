import type { Principal, Service } from '../kernel/index.ts';

/** What a resource check is told about the thing that is asked for. */
export interface Resource {
  readonly kind: string;
  readonly id: string;
  readonly tenantId: string;
  readonly ownerId: string | undefined;
}

export interface Identity extends Service {
  /** First check, at the gateway: signature, algorithm, times, audience, and the live session. Throws TOKEN_* (401). */
  authenticate(bearer: string): Promise<Principal>;
  /** First check of rights: the token's own permission set, wildcards included. No I/O. */
  holds(principal: Principal, permission: string): boolean;
  /**
   * Second check, in the room that owns the resource, by current rights in the database (flow hq-authn-authz):
   * the person still holds `permission`, and the resource is of their tenant and theirs unless they hold
   * `<kind>.manage`. Throws ACCESS_DENIED (403) after the denial was stored as a security event; a grant is stored as audit.
   */
  authorise(principal: Principal, permission: string, resource: Resource, request: { requestId: string; ipAddress: string }): Promise<void>;
}
