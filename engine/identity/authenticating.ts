/** The first check, at the gateway (flow hq-authn-authz): a genuine token, and a session that still lives. */
import { traced } from '../kernel/index.ts';
import type { Claims } from './contract.ts';
import { sessionEnded, tokenMissing } from './errors.ts';
import type { Identity } from './port.ts';
import type { Sessions } from './sessions.ts';
import type { Tokens } from './tokens.ts';

/** The rights that the token grants until it ends; the second check asks the database instead. */
const permissionSet = async ({ roles, permissions }: Claims) => ({ roles, permissions: [...new Set(permissions)].sort() });

export function createAuthenticating(tokens: Pick<Tokens, 'verify'>, sessions: Pick<Sessions, 'findLive'>): Identity['authenticate'] {
  return async (bearer) => {
    const token = bearer.replace(/^Bearer\s+/i, '').trim();
    if (!token) throw tokenMissing({});
    const claims = await traced({ from: 'identity', to: 'identity', message: 'verify signature' }, () => tokens.verify(token));
    const owner = await sessions.findLive(claims);
    if (!owner) throw sessionEnded({});
    const rights = await traced({ from: 'identity', to: 'rbac', message: 'get user permissions', tenant: claims.tenant }, () => permissionSet(claims));
    return { userId: claims.sub, email: owner.email, tenantId: claims.tenant, sessionId: claims.jti, ...rights };
  };
}
