import { defineRoute, type Principal, type RequestContext, type RouteDefinition, type Tenant } from '../kernel/index.ts';
import { tenantExists, tenantUnprepared } from '../tenancy/index.ts';
import { keySet, newPerson, person, personPath, profile, refresh, registered, registration, rightsChange, signIn, tokenPair } from './contract.ts';
import {
  accessDenied, grantTooWide, personExists, personUnknown, refreshTokenReused, roleUnknown, sessionEnded, signInFailed, signInLocked, signInUnavailable, tokenExpired, tokenInvalid,
} from './errors.ts';
import type { Caller, People } from './people.ts';
import type { SigningIn } from './signing-in.ts';
import type { SigningKeys } from './signing-keys.ts';

export interface RoutesOptions {
  readonly signingIn: SigningIn;
  readonly people: People;
  readonly keys: Pick<SigningKeys, 'published'>;
}

/** Tokens and what belongs to one person are nobody else's to keep (RFC 6749, section 5.1). */
const uncached = { 'Cache-Control': 'no-store' };
const ownTenant = ({ id, slug, name }: Tenant) => ({ id, slug, name });

/** The gateway has settled who asks, and for which tenant, before a route that is not public is reached. */
function callerOf({ principal, tenant, requestId, ipAddress }: RequestContext): Caller {
  return { principal: principal as Principal, tenant: tenant as Tenant, request: { requestId, ipAddress } };
}
const requestOf = ({ requestId, ipAddress }: RequestContext) => ({ requestId, ipAddress });

const signingRoutes = ({ signingIn, keys }: RoutesOptions): RouteDefinition[] => [
  defineRoute({
    method: 'post', path: '/auth/login', operationId: 'signIn', summary: 'Exchange credentials for tokens', room: 'identity', access: 'public',
    body: signIn, answers: { 200: { description: 'Signed in', schema: tokenPair } }, errors: [signInFailed, signInLocked, signInUnavailable],
    handle: async ({ body }, context) => ({ status: 200, headers: uncached, body: await signingIn.signIn(body, requestOf(context)) }),
  }),
  defineRoute({
    method: 'post', path: '/auth/refresh', operationId: 'refreshTokens', summary: 'Exchange a refresh token for the next pair', room: 'identity', access: 'public',
    body: refresh, answers: { 200: { description: 'The next pair; the one before is void', schema: tokenPair } },
    errors: [tokenInvalid, tokenExpired, sessionEnded, refreshTokenReused],
    handle: async ({ body }, context) => ({ status: 200, headers: uncached, body: await signingIn.refresh(body.refresh_token, requestOf(context)) }),
  }),
  defineRoute({
    method: 'post', path: '/auth/logout', operationId: 'signOut', summary: 'End this sign-in with all its tokens', room: 'identity', access: 'authenticated',
    answers: { 204: { description: 'Ended on every process' } }, errors: [],
    handle: async (_input, context) => {
      await signingIn.signOut(callerOf(context).principal, requestOf(context));
      return { status: 204 };
    },
  }),
  defineRoute({
    method: 'get', path: '/.well-known/jwks.json', operationId: 'getKeySet', summary: 'Public keys that verify access tokens', room: 'identity', access: 'public',
    answers: { 200: { description: 'JSON Web Key Set', schema: keySet } }, errors: [],
    handle: async () => ({ status: 200, headers: { 'Cache-Control': 'public, max-age=300' }, body: keys.published() }),
  }),
];

const peopleRoutes = ({ people }: RoutesOptions): RouteDefinition[] => [
  defineRoute({
    method: 'post', path: '/auth/register', operationId: 'register', summary: 'Found a tenant and become its administrator', room: 'identity', access: 'public',
    body: registration, answers: { 201: { description: 'Founded', schema: registered } }, errors: [tenantExists, tenantUnprepared],
    handle: async ({ body }, context) => {
      const { user, tenant } = await people.found(body, requestOf(context));
      return { status: 201, headers: uncached, body: { user, tenant: ownTenant(tenant) } };
    },
  }),
  defineRoute({
    method: 'post', path: '/auth/users', operationId: 'addPerson', summary: 'Add a colleague to your tenant', room: 'identity', access: { permission: 'users.manage' },
    body: newPerson, answers: { 201: { description: 'Added', schema: person } }, errors: [personExists, roleUnknown, grantTooWide, accessDenied],
    handle: async ({ body }, context) => ({ status: 201, headers: uncached, body: await people.add(body, callerOf(context)) }),
  }),
  defineRoute({
    method: 'put', path: '/auth/users/{id}/roles', operationId: 'changeRights', summary: "Change a colleague's roles and further permissions", room: 'identity',
    access: { permission: 'users.manage' }, params: personPath, body: rightsChange,
    answers: { 200: { description: 'In force at once for every check of a resource', schema: person } }, errors: [personUnknown, roleUnknown, grantTooWide, accessDenied],
    handle: async ({ params, body }, context) => ({ status: 200, headers: uncached, body: await people.changeRights(params.id, body, callerOf(context)) }),
  }),
  defineRoute({
    method: 'get', path: '/auth/me', operationId: 'getProfile', summary: 'Who you are and what you may do', room: 'identity', access: 'authenticated',
    answers: { 200: { description: 'Yourself', schema: profile } }, errors: [],
    handle: async (_input, context) => {
      const { principal, tenant } = callerOf(context);
      return { status: 200, headers: uncached, body: { ...(await people.find(tenant.id, principal.userId)), tenant: ownTenant(tenant) } };
    },
  }),
];

export function identityRoutes(options: RoutesOptions): RouteDefinition[] {
  return [...signingRoutes(options), ...peopleRoutes(options)];
}
