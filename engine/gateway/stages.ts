/**
 * The main flow of every request. `serve` below is the whole of it, in the documented order (flow
 * rabbit-api-gateway-pattern, with a coarse limit per address first: documents' conflict X17). A request that
 * would fail at two stages is answered by the earlier one.
 */
import { traced, type Logger, type Principal, type RequestContext, type RouteDefinition, type Settings, type Tenant } from '../kernel/index.ts';
import type { Compliance } from '../compliance/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Tenancy } from '../tenancy/index.ts';
import type { ReadBody } from './body.ts';
import { permissionMissing, quotaZero, rateLimited } from './errors.ts';
import { format, type Asked, type Reply } from './exchange.ts';
import type { Limits, Spent } from './limits.ts';
import { endpointKeyOf, quotaOf } from './quotas.ts';
import { bearerOf } from './bearer.ts';
import { validate } from './validation.ts';

export interface StagesOptions {
  readonly identity: Pick<Identity, 'authenticate' | 'holds'>;
  readonly tenancy: Pick<Tenancy, 'resolve'>;
  readonly compliance: Pick<Compliance, 'securityEvent'>;
  readonly limits: Limits;
  readonly readBody: ReadBody;
  readonly settings: Pick<Settings, 'HIVE_PERSON_LIMIT'>;
  readonly log: Logger;
}

export interface Stages {
  /** All of it: admit, read, validate, route, format. */
  serve(route: RouteDefinition, asked: Asked): Promise<Reply>;
  /** The first half alone, for the socket door, which finds the token in more places. */
  admit(route: RouteDefinition, asked: Asked, bearer: string | undefined): Promise<void>;
  /** For what no route answers: only the address is counted. */
  limitAddress(asked: Asked): Promise<void>;
}

function advertise({ limit, remaining, resetSeconds, windowSeconds }: Spent, { response }: Asked) {
  response.setHeader('RateLimit-Policy', `${limit};w=${windowSeconds}`);
  response.setHeader('RateLimit-Limit', String(limit));
  response.setHeader('RateLimit-Remaining', String(remaining));
  response.setHeader('RateLimit-Reset', String(resetSeconds));
}

function refuseBeyond(scope: 'address' | 'person', spent: Spent) {
  const { allowed, limit, windowSeconds, resetSeconds } = spent;
  if (!allowed) throw rateLimited({ scope, limit, windowSeconds, retryAfterSeconds: resetSeconds });
}

const contextOf = ({ request: _request, response: _response, ...context }: Asked): RequestContext => context;

export function createStages({ identity, tenancy, compliance, limits, readBody, settings }: StagesOptions): Stages {
  async function limitAddress(asked: Asked) {
    const spent = await limits.address(asked.ipAddress);
    if (!spent.allowed) advertise(spent, asked);
    refuseBeyond('address', spent);
  }

  async function authenticate(bearer: string | undefined): Promise<Principal> {
    // A missing token is identity's to refuse as well: one room says what a good token is.
    return traced({ from: 'gateway', to: 'identity', message: 'authenticate' }, () => identity.authenticate(bearer ?? ''));
  }

  async function resolveTenant(asked: Asked, { tenantId, userId }: Principal): Promise<Tenant> {
    const { requestId, ipAddress, request } = asked;
    const header = request.get('x-tenant-id') || undefined;
    return traced({ from: 'gateway', to: 'tenancy', message: 'resolve', tenant: tenantId }, () =>
      tenancy.resolve({ header, claim: tenantId || undefined, requestId, ipAddress, userId }),
    );
  }

  /** Every 403 leaves a security event (flow hive-permission-matrix). */
  async function storeDenial(route: RouteDefinition, { principal, tenant, requestId, ipAddress }: Asked, facts: Record<string, unknown>) {
    const denial = { tenantId: tenant?.id, actorId: principal?.userId, action: 'request.denied', resourceKind: 'route', resourceId: route.operationId };
    await traced({ from: 'gateway', to: 'compliance', message: 'securityEvent', tenant: tenant?.id }, () =>
      compliance.securityEvent({ ...denial, requestId, ipAddress, facts }),
    );
  }

  async function limitPerson(route: RouteDefinition, asked: Asked, principal: Principal, tenant: Tenant) {
    const endpoint = endpointKeyOf(route);
    const quota = endpoint ? quotaOf(endpoint, principal) : undefined;
    if (endpoint && quota === 0) {
      await storeDenial(route, asked, { endpoint, roles: principal.roles });
      throw quotaZero({ endpoint, roles: principal.roles });
    }
    const limit = Math.min(quota ?? settings.HIVE_PERSON_LIMIT, tenant.settings.rateLimitPerMinute ?? Infinity);
    const spent = await limits.person(`${endpoint ?? 'any'}:${tenant.id}:${principal.userId}`, limit);
    advertise(spent, asked);
    refuseBeyond('person', spent);
  }

  async function checkPermission(route: RouteDefinition, asked: Asked, principal: Principal) {
    if (typeof route.access === 'string') return;
    const { permission } = route.access;
    if (identity.holds(principal, permission)) return;
    await storeDenial(route, asked, { permission });
    throw permissionMissing({ permission });
  }

  async function admit(route: RouteDefinition, asked: Asked, bearer: string | undefined) {
    await limitAddress(asked);
    if (route.access === 'public') return;
    const principal = (asked.principal = await authenticate(bearer));
    const tenant = (asked.tenant = await resolveTenant(asked, principal));
    await limitPerson(route, asked, principal, tenant);
    await checkPermission(route, asked, principal);
  }

  async function serve(route: RouteDefinition, asked: Asked): Promise<Reply> {
    await admit(route, asked, bearerOf(asked.request));
    const { request, response, tenant } = asked;
    const body = route.body ? await readBody(request, response) : undefined;
    const input = validate(route, { params: request.params, query: request.query, body });
    const answer = await traced({ from: 'gateway', to: route.room, message: route.operationId, tenant: tenant?.id }, () =>
      route.handle(input, contextOf(asked)),
    );
    return format(answer, route);
  }

  return { serve, admit, limitAddress };
}
