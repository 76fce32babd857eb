/** From credentials to tokens, from a refresh token to the next pair, and out again (flow sys-login). */
import { traced, type Clock, type Principal, type RequestContext } from '../kernel/index.ts';
import type { AuditEvent, Compliance } from '../compliance/index.ts';
import type { Database, Sql } from '../storage/index.ts';
import type { SignIn, TokenPair } from './contract.ts';
import { refreshTokenReused, sessionEnded, signInFailed, signInLocked, tokenExpired, tokenInvalid } from './errors.ts';
import type { Lockout } from './lockout.ts';
import type { Passwords } from './passwords.ts';
import { queries } from './queries.ts';
import { hashOf, type OpenedSession, type Sessions } from './sessions.ts';
import type { Tokens } from './tokens.ts';

export type Request = Pick<RequestContext, 'requestId' | 'ipAddress'>;

export interface SigningInOptions {
  readonly database: Database;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly passwords: Passwords;
  readonly lockout: Lockout;
  readonly compliance: Pick<Compliance, 'record' | 'securityEvent'>;
  readonly accessTokenSeconds: number;
  readonly clock: Clock;
}

interface Rights {
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
}

interface AccountRow extends Rights {
  readonly id: string;
  readonly tenant_id: string;
  readonly email: string;
  readonly status: string;
  readonly password_hash: string | null;
}

interface SessionRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly user_id: string;
  readonly family_id: string;
}

type RefreshRow = Omit<SessionRow, 'id'> & { readonly revoked_because: string | null };

/** What became of a refresh token; the transaction commits in every case, and only then is anything refused. */
type Refreshed = { kind: 'opened'; opened: OpenedSession; rights: Rights; replaced: string } | { kind: 'refused'; row: RefreshRow | undefined };

export interface SigningIn {
  signIn(credentials: SignIn, request: Request): Promise<TokenPair>;
  refresh(refreshToken: string, request: Request): Promise<TokenPair>;
  signOut(principal: Principal, request: Request): Promise<void>;
}

export function createSigningIn(options: SigningInOptions): SigningIn {
  const { database, sessions, tokens, compliance, accessTokenSeconds } = options;
  const audited = (action: string, tenantId: string, userId: string, { requestId, ipAddress }: Request): AuditEvent => ({
    tenantId, actorId: userId, action, resourceKind: 'users', resourceId: userId, requestId, ipAddress,
  });

  async function tokensFor(opened: OpenedSession, { roles, permissions }: Rights): Promise<TokenPair> {
    await sessions.publish(opened);
    const session = { sub: opened.userId, jti: opened.sessionId, tenant: opened.tenantId, roles: [...roles], permissions: [...permissions] };
    return { access_token: await tokens.issue(session), refresh_token: opened.refreshToken, token_type: 'Bearer', expires_in: accessTokenSeconds };
  }

  async function signIn(credentials: SignIn, request: Request) {
    const account = await validUser(options, credentials, request);
    const owner = { userId: account.id, tenantId: account.tenant_id, email: account.email };
    const opened = await database.asService(account.tenant_id, (sql) => sessions.open(sql, owner));
    await compliance.record(audited('auth.sign-in', account.tenant_id, account.id, request), 'success');
    return tokensFor(opened, account);
  }

  async function refresh(refreshToken: string, request: Request) {
    const result = await database.asService('every', (sql) => rotate(options, sql, hashOf(refreshToken)));
    if (result.kind === 'refused') return refuseRefresh(result.row, request);
    const { opened, rights, replaced } = result;
    await sessions.retract(opened.tenantId, [replaced]);
    await compliance.record(audited('auth.refresh', opened.tenantId, opened.userId, request), 'success');
    return tokensFor(opened, rights);
  }

  async function refuseRefresh(row: RefreshRow | undefined, request: Request): Promise<never> {
    if (!row) throw tokenInvalid({});
    if (row.revoked_because === null) throw tokenExpired({});
    if (row.revoked_because !== 'rotated') throw sessionEnded({});
    await sessions.endFamily(row.tenant_id, row.family_id, 'reused');
    await compliance.securityEvent(audited('auth.refresh.reused', row.tenant_id, row.user_id, request));
    throw refreshTokenReused({});
  }

  async function signOut({ tenantId, userId, sessionId }: Principal, request: Request) {
    const row = await database.asService(tenantId, (sql) => sql.one<{ family_id: string }>(queries.find_family, [sessionId]));
    if (row) await sessions.endFamily(tenantId, row.family_id, 'logout');
    await compliance.record(audited('auth.sign-out', tenantId, userId, request), 'success');
  }

  return { signIn, refresh, signOut };
}

/** Turns one live refresh token into the next session of its family, unless its owner may not sign in any more. */
async function rotate({ sessions, clock }: SigningInOptions, sql: Sql, refreshHash: string): Promise<Refreshed> {
  const replaced = await sql.one<SessionRow>(queries.rotate_session, [refreshHash, new Date(clock.now())]);
  if (!replaced) return { kind: 'refused', row: await sql.one<RefreshRow>(queries.find_refresh_token, [refreshHash]) };
  const { tenant_id: tenantId, user_id: userId, family_id: familyId } = replaced;
  const person = await sql.one<AccountRow>(queries.find_person, [tenantId, userId]);
  if (person?.status !== 'active') return { kind: 'refused', row: { ...replaced, revoked_because: 'disabled' } };
  const opened = await sessions.open(sql, { userId, tenantId, email: person.email }, familyId);
  return { kind: 'opened', opened, rights: person, replaced: replaced.id };
}

/** The account that the credentials prove. Throws SIGN_IN_FAILED (401) or SIGN_IN_LOCKED (429), both after the security event. */
async function validUser(options: SigningInOptions, credentials: SignIn, request: Request): Promise<AccountRow> {
  const { database, passwords, lockout, compliance } = options;
  const { email, password, tenant } = credentials;
  const found = await database.asService('every', (sql) => sql.rows<AccountRow>(queries.find_sign_in, [email, tenant]));
  const account = found.length === 1 ? found[0] : undefined;

  const securityEvent = (action: string, facts: object = {}) =>
    traced({ from: 'identity', to: 'compliance', message: action, tenant: account?.tenant_id }, () =>
      compliance.securityEvent({
        tenantId: account?.tenant_id, actorId: account?.id, action, resourceKind: 'users', ...(account && { resourceId: account.id }),
        requestId: request.requestId, ipAddress: request.ipAddress, facts: { email, tenant, ...facts },
      }));
  const refuseWhileLocked = async () => {
    const retryAfterSeconds = await lockout.lockedFor(credentials);
    if (retryAfterSeconds === 0) return;
    await securityEvent('auth.sign-in.locked', { retryAfterSeconds });
    throw signInLocked({ retryAfterSeconds });
  };

  await refuseWhileLocked();
  const matches = await passwords.matches(password, account?.password_hash);
  if (!account || !matches || account.status !== 'active') {
    const locks = await lockout.failed(credentials);
    await securityEvent('auth.sign-in.refused', { locks });
    throw signInFailed({});
  }
  await refuseWhileLocked(); // lockout.ts, L2
  await lockout.succeeded(credentials);
  await renewHash(options, account, password);
  return account;
}

/** A hash made at another cost is replaced while the password is at hand. */
async function renewHash({ database, passwords, clock }: SigningInOptions, { id, tenant_id, password_hash }: AccountRow, password: string) {
  if (!password_hash || !passwords.outdated(password_hash)) return;
  const renewed = await passwords.hash(password);
  await database.asService(tenant_id, (sql) => sql.affected(queries.replace_password_hash, [tenant_id, id, renewed, new Date(clock.now())]));
}
