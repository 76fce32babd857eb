/** The copies of sessions in Redis. Redis may be away: then nothing is read, and what ended is removed when it is back. */
import type { Clock, Logger, Timer } from '../kernel/index.ts';
import type { Redis } from '../storage/index.ts';

export interface Copy {
  readonly email: string;
  /** When the row was last seen alive, in milliseconds since the epoch. */
  readonly seen: number;
}

export interface SessionCopies {
  read(tenantId: string, sessionId: string): Promise<Copy | undefined>;
  write(session: { tenantId: string; sessionId: string; email: string }, lifeMs: number): Promise<void>;
  remove(tenantId: string, sessionIds: readonly string[]): Promise<void>;
  /** Gives up removals that are still to be tried. */
  close(): void;
}

/** Too low: a busy loop while Redis is away. Too high: an ended session is believed for longer when it is back. */
const RETRY_MS = 500;

const keyOf = (tenantId: string, sessionId: string) => `t:${tenantId}:session:${sessionId}`;

export function createSessionCopies({ redis, clock, log }: { redis: Redis; clock: Clock; log: Logger }): SessionCopies {
  const toRemove = new Set<string>();
  let retry: Timer | undefined;

  async function read(tenantId: string, sessionId: string): Promise<Copy | undefined> {
    try {
      const text = await redis.get(keyOf(tenantId, sessionId));
      return text === null ? undefined : (JSON.parse(text) as Copy);
    } catch (error) {
      log.warn({ err: error }, 'no copy of a session could be read; the database is asked');
      return undefined;
    }
  }

  async function write({ tenantId, sessionId, email }: { tenantId: string; sessionId: string; email: string }, lifeMs: number) {
    const copy: Copy = { email, seen: clock.now() };
    await redis.set(keyOf(tenantId, sessionId), JSON.stringify(copy), 'PX', Math.max(1, Math.ceil(lifeMs)))
      .catch((error: unknown) => log.warn({ err: error }, 'a copy of a session could not be written; the database is asked instead'));
  }

  async function removeKeys(keys: readonly string[]) {
    try {
      await redis.del([...keys]);
      for (const key of keys) toRemove.delete(key);
    } catch (error) {
      log.error({ err: error, sessions: keys.length }, 'copies of ended sessions could not be removed; tried again until they are');
      for (const key of keys) toRemove.add(key);
      retry ??= clock.after(RETRY_MS, () => {
        retry = undefined;
        void removeKeys([...toRemove]);
      });
    }
  }

  return {
    read, write,
    remove: async (tenantId, sessionIds) => {
      if (sessionIds.length > 0) await removeKeys(sessionIds.map((id) => keyOf(tenantId, id)));
    },
    close: () => {
      toRemove.clear();
      retry?.cancel();
    },
  };
}
