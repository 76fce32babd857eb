/** What crosses the border of identity. */
import { z } from 'zod';
import { tenantName, tenantSlug } from '../tenancy/index.ts';

const email = z.email().max(254).toLowerCase().meta({ description: 'Compared without regard to case', example: 'ada@acme.example' });

/** Length alone, as NIST SP 800-63B asks; the upper limit keeps one request from costing more than others. */
const newPassword = z.string().min(8).max(256).meta({ description: 'At least 8 characters; any characters', example: 'likes-pie-better-than-passwords' });
const personName = z.string().trim().min(1).max(200).meta({ description: 'Name as people write it', example: 'Ada Lovelace' });
const username = z.string().trim().min(1).max(254).meta({ description: 'Unique in the tenant; the e-mail where it is absent', example: 'ada' });
const roles = z.array(z.string().min(1).max(63)).max(20).meta({ description: 'Names of roles; rights are their union', example: ['developer'] });
const permission = z.string().max(100).regex(/^(\*|[a-z_]+(\.[a-z_]+)*(\.\*)?)$/, 'dotted small words, `*` as the last of them');
const permissions = z.array(permission).max(100).meta({ description: 'Permissions beside those of the roles', example: ['agents.manage'] });

export const registration = z
  .strictObject({ tenant: z.strictObject({ name: tenantName, slug: tenantSlug }), email, password: newPassword, name: personName, username: username.optional() })
  .meta({
    description: 'A new tenant and its first administrator.',
    example: { tenant: { name: 'Acme Ltd', slug: 'acme' }, email: 'ada@acme.example', password: 'likes-pie-better-than-passwords', name: 'Ada Lovelace' },
  });
export type Registration = z.infer<typeof registration>;

export const newPerson = z
  .strictObject({ email, password: newPassword, name: personName, username: username.optional(), roles: roles.default([]), permissions: permissions.default([]) })
  .meta({
    description: 'A colleague in your own tenant.',
    example: { email: 'dario@acme.example', password: 'likes-pie-better-than-passwords', name: 'Dario Fo', roles: ['developer'] },
  });
export type NewPerson = z.infer<typeof newPerson>;

export const rightsChange = z
  .strictObject({ roles, permissions: permissions.optional() })
  .meta({ description: 'The roles from now on, all of them; permissions beside them stay as they are where they are absent.', example: { roles: ['viewer'] } });
export type RightsChange = z.infer<typeof rightsChange>;

export const signIn = z
  .strictObject({
    email,
    password: z.string().min(1).max(256).meta({ example: 'likes-pie-better-than-passwords' }),
    tenant: z.string().min(1).max(63).optional().meta({ description: 'Short name of the tenant; needed by people of several tenants', example: 'acme' }),
  })
  .meta({ description: 'Credentials.', example: { email: 'ada@acme.example', password: 'likes-pie-better-than-passwords', tenant: 'acme' } });
export type SignIn = z.infer<typeof signIn>;

export const refresh = z
  .strictObject({ refresh_token: z.string().min(1).max(512) })
  .meta({ description: 'The refresh token given last; each is good for one use.', example: { refresh_token: 'J2l0cyBub3QgYSByZWFsIG9uZQ' } });

export const tokenPair = z
  .object({
    access_token: z.string().describe('JWT for the Authorization header (flow hive-jwt)'),
    refresh_token: z.string().describe('Good for one POST /auth/refresh'),
    token_type: z.literal('Bearer'),
    expires_in: z.number().int().describe('Life of the access token, in seconds'),
  })
  .meta({ description: 'Tokens.', example: { access_token: 'eyJhbGciOiJFZERTQSJ9...', refresh_token: 'J2l0cyBub3QgYSByZWFsIG9uZQ', token_type: 'Bearer', expires_in: 86400 } });
export type TokenPair = z.infer<typeof tokenPair>;

export const personPath = z.object({ id: z.uuid().meta({ description: 'Id of the person' }) });

export const person = z
  .object({
    id: z.uuid(),
    tenant_id: z.uuid(),
    email: z.string(),
    username: z.string(),
    name: z.string(),
    status: z.enum(['active', 'disabled']),
    roles: z.array(z.string()),
    permissions: z.array(z.string()).describe('As they are now; those in a token are as they were when it was issued'),
    created_at: z.iso.datetime(),
  })
  .meta({
    description: 'A person of a tenant.',
    example: {
      id: '7a0f9a34-58ef-4b0a-8f0c-6a3f2f7f1c55', tenant_id: '2b6c1d5e-6a0f-4a3e-8f61-0f3a7f2f9c10', email: 'ada@acme.example', username: 'ada',
      name: 'Ada Lovelace', status: 'active', roles: ['admin'], permissions: ['*'], created_at: '2026-11-21T09:30:00.000Z',
    },
  });

const ownTenant = z.object({ id: z.uuid(), slug: z.string(), name: z.string() });
export const registered = z.object({ user: person, tenant: ownTenant }).meta({ description: 'What was founded.' });
export const profile = person.extend({ tenant: ownTenant }).meta({ description: 'Yourself.' });

export const keySet = z
  .object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string(), alg: z.string(), use: z.literal('sig') })) })
  .meta({ description: 'Public keys that verify access tokens (RFC 7517).', example: { keys: [{ kid: 'Zq0c', kty: 'OKP', crv: 'Ed25519', x: 'mH1v', alg: 'EdDSA', use: 'sig' }] } });

/** Claims of an access token (flow hive-jwt). `sub` is the person's id, `tenant` the tenant's, `jti` the session's. */
export const claims = z.object({
  sub: z.uuid(),
  iat: z.number().int(),
  exp: z.number().int(),
  jti: z.uuid(),
  tenant: z.uuid(),
  roles: z.array(z.string()),
  permissions: z.array(z.string()),
});
export type Claims = z.infer<typeof claims>;
