/**
 * Access tokens: JWTs as flow hive-jwt documents them, checked as RFC 8725 asks. The algorithm is pinned, never
 * taken from the token; keys come from our own store by `kid`, never from `jku`, `jwk` or `x5u`; `typ` keeps
 * other kinds of token out.
 */
import { SignJWT, errors, jwtVerify, type CryptoKey, type JWTHeaderParameters } from 'jose';
import type { Clock } from '../kernel/index.ts';
import { claims as claimsSchema, type Claims } from './contract.ts';
import { tenantRequired } from '../tenancy/index.ts';
import { tokenExpired, tokenInvalid } from './errors.ts';

export const ALGORITHM = 'EdDSA';
const TYPE = 'at+jwt';

/** Where keys come from; see signing-keys.ts. */
export interface TokenKeys {
  /** The key that signs now. */
  current(): Promise<{ readonly kid: string; readonly privateKey: CryptoKey }>;
  /** Undefined for a key that is not ours, or retired. */
  publicKey(kid: string): Promise<CryptoKey | undefined>;
}

export interface TokensOptions {
  readonly keys: TokenKeys;
  /** `iss` and `aud`. */
  readonly issuer: string;
  readonly lifeSeconds: number;
  readonly clock: Clock;
}

export interface Tokens {
  issue(session: Pick<Claims, 'sub' | 'jti' | 'tenant' | 'roles' | 'permissions'>): Promise<string>;
  /** Throws TOKEN_EXPIRED for a genuine token past its time and TOKEN_INVALID for everything else (401). */
  verify(token: string): Promise<Claims>;
}

/** The last letter of a signature holds bits that say nothing: another letter there would be the same signature (RFC 4648, section 3.5). */
function isCanonical(token: string): boolean {
  const signature = token.slice(token.lastIndexOf('.') + 1);
  return Buffer.from(signature, 'base64url').toString('base64url') === signature;
}

export function createTokens({ keys, issuer, lifeSeconds, clock }: TokensOptions): Tokens {
  async function issue({ sub, jti, ...rights }: Parameters<Tokens['issue']>[0]) {
    const { kid, privateKey } = await keys.current();
    const issuedAt = Math.floor(clock.now() / 1000);
    return new SignJWT(rights)
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
      .setSubject(sub).setJti(jti).setIssuer(issuer).setAudience(issuer)
      .setIssuedAt(issuedAt).setExpirationTime(issuedAt + lifeSeconds)
      .sign(privateKey);
  }

  async function keyOf({ kid }: JWTHeaderParameters) {
    const key = kid === undefined ? undefined : await keys.publicKey(kid);
    if (!key) throw new errors.JWKSNoMatchingKey();
    return key;
  }

  async function verify(token: string) {
    if (!isCanonical(token)) throw tokenInvalid({});
    try {
      const { payload } = await jwtVerify(token, (header) => keyOf(header as JWTHeaderParameters), {
        algorithms: [ALGORITHM], typ: TYPE, issuer, audience: issuer, currentDate: new Date(clock.now()),
      });
      // Signed by us but of no tenant: guessing one could show one customer's data to another (flow hq-tenant-request).
      if (payload['tenant'] === undefined) throw tenantRequired({});
      const parsed = claimsSchema.safeParse(payload);
      if (!parsed.success) throw tokenInvalid({}, { cause: parsed.error });
      return parsed.data;
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) throw tokenExpired({}, { cause });
      if (cause instanceof errors.JOSEError) throw tokenInvalid({}, { cause });
      throw cause;
    }
  }

  return { issue, verify };
}
