import type { Clock, Logger, RouteDefinition } from '../kernel/index.ts';
import type { Compliance } from '../compliance/index.ts';
import type { Database, Redis } from '../storage/index.ts';
import type { Tenancy } from '../tenancy/index.ts';
import { createAuthenticating } from './authenticating.ts';
import { createAuthorising } from './authorising.ts';
import { createLockout } from './lockout.ts';
import { createPasswords } from './passwords.ts';
import { createPeople } from './people.ts';
import { holdsAny } from './permissions.ts';
import type { Identity } from './port.ts';
import { identityRoutes } from './routes.ts';
import { createSessions } from './sessions.ts';
import { createSigningIn } from './signing-in.ts';
import { createSigningKeys } from './signing-keys.ts';
import { createTokens } from './tokens.ts';

/** Described in kernel/settings.ts under the names in capitals. */
export interface IdentitySettings {
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly issuer: string;
  readonly loginAttempts: number;
  readonly loginLockSeconds: number;
  readonly argon2MemoryKib: number;
  readonly argon2Passes: number;
}

export interface IdentityOptions {
  readonly database: Database;
  /** As this room sees it (`redisOf`), so that its commands make spans. */
  readonly redis: Redis;
  readonly tenancy: Pick<Tenancy, 'claim'>;
  readonly compliance: Pick<Compliance, 'attempt' | 'record' | 'securityEvent'>;
  readonly settings: IdentitySettings;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who people are and what they may do; the schema is in migrations/shared/0020_identity.sql. */
export function createIdentity(options: IdentityOptions): Identity & { readonly routes: readonly RouteDefinition[] } {
  const { database, redis, tenancy, compliance, settings, clock, log } = options;
  const { accessTokenSeconds, refreshTokenSeconds } = settings;
  const keys = createSigningKeys({ database, clock });
  const tokens = createTokens({ keys, issuer: settings.issuer, lifeSeconds: accessTokenSeconds, clock });
  const sessions = createSessions({ database, redis, accessTokenSeconds, refreshTokenSeconds, clock, log });
  const passwords = createPasswords({ memoryKib: settings.argon2MemoryKib, passes: settings.argon2Passes });
  const lockout = createLockout(redis, { attempts: settings.loginAttempts, lockSeconds: settings.loginLockSeconds });
  const authorise = createAuthorising(database, compliance);
  const signingIn = createSigningIn({ database, sessions, tokens, passwords, lockout, compliance, accessTokenSeconds, clock });
  const people = createPeople({ database, tenancy, compliance, passwords, authorise, clock });

  return {
    name: 'identity',
    start: keys.load,
    stop: async () => sessions.close(),
    authenticate: createAuthenticating(tokens, sessions),
    holds: (principal, permission) => holdsAny(principal.permissions, permission),
    authorise: async (...asked) => void (await authorise(...asked)),
    routes: identityRoutes({ signingIn, people, keys }),
  };
}
