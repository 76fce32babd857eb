/**
 * Sessions: durable in PostgreSQL, with a copy in Redis at `t:{tenant}:session:{id}` that requests read
 * (flow sys-login; documents' conflict X30).
 *
 * S1. The row decides. A missing copy is made again from a live row, so emptying Redis signs nobody out; a row
 *     that ended makes no copy, so emptying Redis lets nobody in.
 * S2. Ending a session writes the row first and then removes the copy: from then on every process refuses it.
 * S3. Whoever makes a copy looks at the row once more afterwards. A session that ended in between is then seen
 *     here, or its ending removes the copy that was just made.
 * S4. A copy that cannot be removed is tried again. Should the process die before, a copy is believed for
 *     `RECHECK_MS` at most.
 */
import { createHash } from 'node:crypto';
import { newId, shortToken, type Clock, type Logger } from '../kernel/index.ts';
import type { Database, Redis, Sql } from '../storage/index.ts';
import type { Claims } from './contract.ts';
import { queries } from './queries.ts';
import { createSessionCopies } from './session-copies.ts';

export interface SessionOwner {
  readonly userId: string;
  readonly tenantId: string;
  readonly email: string;
}

export interface OpenedSession extends SessionOwner {
  readonly sessionId: string;
  /** Shown once; stored as a hash. */
  readonly refreshToken: string;
}

export type EndReason = 'reused' | 'logout';

export interface Sessions {
  /** Writes the durable row, in the caller's transaction. Without a family a new one begins. */
  open(sql: Sql, owner: SessionOwner, familyId?: string): Promise<OpenedSession>;
  /** Makes the copy, when the row is committed. */
  publish(opened: OpenedSession): Promise<void>;
  /** Removes copies, when the rows' end is committed. */
  retract(tenantId: string, sessionIds: readonly string[]): Promise<void>;
  /** Ends all sessions of a sign-in. */
  endFamily(tenantId: string, familyId: string, because: EndReason): Promise<void>;
  /** The owner of a session that lives, undefined for one that does not. */
  findLive(claims: Claims): Promise<SessionOwner | undefined>;
  close(): void;
}

export interface SessionsOptions {
  readonly database: Database;
  readonly redis: Redis;
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Too low: a query for nearly every request. Too high: see S4. */
const RECHECK_MS = 60_000;

export const hashOf = (refreshToken: string) => createHash('sha256').update(refreshToken).digest('hex');

export function createSessions(options: SessionsOptions): Sessions {
  const { database, accessTokenSeconds, refreshTokenSeconds, clock } = options;
  const copies = createSessionCopies(options);

  async function open(sql: Sql, owner: SessionOwner, familyId = newId()) {
    const [sessionId, refreshToken, now] = [newId(), shortToken(), clock.now()];
    const times = [now, now + accessTokenSeconds * 1000, now + refreshTokenSeconds * 1000].map((at) => new Date(at));
    await sql.affected(queries.open_session, [sessionId, owner.tenantId, owner.userId, familyId, hashOf(refreshToken), ...times]);
    return { ...owner, sessionId, refreshToken };
  }

  async function findRow({ tenant, jti, sub }: Claims): Promise<SessionOwner | undefined> {
    const row = await database.asService(tenant, (sql) =>
      sql.one<{ user_id: string; email: string }>(queries.find_live_session, [jti, new Date(clock.now())]),
    );
    return row?.user_id === sub ? { userId: sub, tenantId: tenant, email: row.email } : undefined;
  }

  /** S1, S3. */
  async function findRowAndCopy(claims: Claims) {
    const { tenant, jti, exp } = claims;
    const found = await findRow(claims);
    if (found) await copies.write({ tenantId: tenant, sessionId: jti, email: found.email }, exp * 1000 - clock.now());
    const still = found && (await findRow(claims));
    if (!still) await copies.remove(tenant, [jti]);
    return still;
  }

  async function findLive(claims: Claims) {
    const copy = await copies.read(claims.tenant, claims.jti);
    const age = copy && clock.now() - copy.seen;
    if (copy && age !== undefined && age < RECHECK_MS) return { userId: claims.sub, tenantId: claims.tenant, email: copy.email };
    return findRowAndCopy(claims);
  }

  async function endFamily(tenantId: string, familyId: string, because: EndReason) {
    const ended = await database.asService(tenantId, (sql) =>
      sql.rows<{ id: string }>(queries.end_family, [familyId, new Date(clock.now()), because]),
    );
    await copies.remove(tenantId, ended.map((row) => row.id)); // S2
  }

  return {
    open, endFamily, findLive,
    publish: (opened) => copies.write(opened, accessTokenSeconds * 1000),
    retract: copies.remove,
    close: copies.close,
  };
}
