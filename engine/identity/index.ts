/**
 * identity: who people are and what they may do.
 *
 * Owns: people, roles and permissions, passwords, sign-ins with their sessions and tokens, the keys that sign
 * them, and the two checks of rights: at the gateway by the token, at a resource by the database.
 * Does not know: HTTP headers, how a tenant is stored, or what the resources are that it is asked about.
 */
export { createIdentity, type IdentityOptions, type IdentitySettings } from './identity.ts';
export { accessDenied, refreshTokenReused, sessionEnded, tokenExpired, tokenInvalid, tokenMissing } from './errors.ts';
export type * from './port.ts';
