import { defineError } from '../kernel/index.ts';

export const tokenMissing = defineError<object>(
  'TOKEN_MISSING',
  401,
  () => 'No access token was sent. Send "Authorization: Bearer <access_token>"; POST /auth/login gives one.',
);

/** One message for every forgery: which check failed would only help a forger. */
export const tokenInvalid = defineError<object>(
  'TOKEN_INVALID',
  401,
  () => 'The token was not issued by this platform, or was changed since. Sign in again with POST /auth/login.',
);

export const tokenExpired = defineError<object>(
  'TOKEN_EXPIRED',
  401,
  () => 'The token has expired. Take a new one with POST /auth/refresh, or sign in again.',
);

export const sessionEnded = defineError<object>(
  'SESSION_ENDED',
  401,
  () => 'The session of this token has ended: by signing out, by a refresh, or for safety. Sign in again with POST /auth/login.',
);

export const refreshTokenReused = defineError<object>(
  'REFRESH_TOKEN_REUSED',
  401,
  () => 'This refresh token was used before, so it may have been stolen, and its whole sign-in was ended for safety. Sign in again with POST /auth/login.',
);

/** The same for a wrong password, an unknown e-mail and an e-mail of several tenants: whoever guesses learns nothing. */
export const signInFailed = defineError<object>(
  'SIGN_IN_FAILED',
  401,
  () => 'No account matches this e-mail and password. Check both; somebody with accounts in several tenants names the tenant as well.',
);

export const signInLocked = defineError<{ retryAfterSeconds: number }>(
  'SIGN_IN_LOCKED',
  429,
  ({ retryAfterSeconds }) => `Too many wrong passwords for this account. Wait ${retryAfterSeconds} s and try again.`,
  { retryable: true },
);

/** Without the counter passwords could be guessed without limit, so nobody signs in until it is back. */
export const signInUnavailable = defineError<object>(
  'SIGN_IN_UNAVAILABLE',
  503,
  () => 'Signing in is not possible at the moment; who is signed in already is not affected. Try again in a few seconds.',
  { retryable: true },
);

export type DenialReason = 'permission' | 'tenant' | 'owner' | 'inactive';

const denials: Readonly<Record<DenialReason, (permission: string) => string>> = {
  permission: (permission) => `it needs the permission ${permission}, which you do not hold now`,
  tenant: () => 'it belongs to another tenant',
  owner: () => 'it belongs to somebody else of your tenant',
  inactive: () => 'your account is disabled',
};

export const accessDenied = defineError<{ permission: string; kind: string; id: string; reason: DenialReason }>(
  'ACCESS_DENIED',
  403,
  ({ permission, kind, id, reason }) => `You may not do this with ${kind} ${id}: ${denials[reason](permission)}. Ask an administrator of your tenant.`,
);

export const grantTooWide = defineError<{ permissions: readonly string[] }>(
  'GRANT_TOO_WIDE',
  403,
  ({ permissions }) => `You cannot give what you do not hold: ${permissions.join(', ')}. Ask somebody who holds it, or give less.`,
);

export const personExists = defineError<{ email: string; username: string }>(
  'PERSON_EXISTS',
  409,
  ({ email, username }) => `Your tenant has somebody with the e-mail ${email} or the user name ${username} already. Choose another one.`,
);

export const personUnknown = defineError<{ id: string }>(
  'PERSON_UNKNOWN',
  404,
  ({ id }) => `There is no person ${id} in your tenant. Check the id.`,
);

export const roleUnknown = defineError<{ roles: readonly string[] }>(
  'ROLE_UNKNOWN',
  422,
  ({ roles }) => `There is no role ${roles.join(', ')}. The roles are admin, developer and viewer.`,
);
