/**
 * Counts wrong passwords and locks the account for a while (flow sys-login). Unknown e-mails are counted and
 * locked as known ones are, so a lock tells nothing.
 *
 * L1. What is counted is what was asked for: the e-mail together with the tenant's short name, or with none.
 *     Counting what was found instead would show which accounts exist, at the price of one more round of guesses
 *     for those who try both ways.
 * L2. Requests that run at once may all find the account unlocked before the first of them fails; so a right password is
 *     checked against the count once more, and guessing in parallel gains no more than the password threads there are.
 * L3. Without Redis nobody signs in.
 */
import { createHash } from 'node:crypto';
import type { Redis } from '../storage/index.ts';
import { signInUnavailable } from './errors.ts';

export interface Account {
  readonly email: string;
  readonly tenant?: string | undefined;
}

export interface Lockout {
  /** Seconds that the account stays locked; 0 when it is not. */
  lockedFor(account: Account): Promise<number>;
  /** Counts a wrong password; true when it was the one that locked the account. */
  failed(account: Account): Promise<boolean>;
  /** Forgets the count after a right password. */
  succeeded(account: Account): Promise<void>;
}

/** Hashed, so that e-mails of people are not spread over keys. */
const keyOf = ({ email, tenant = '' }: Account) => `sign-in:failures:${createHash('sha256').update(`${tenant}\n${email}`).digest('base64url')}`;

export function createLockout(redis: Redis, { attempts, lockSeconds }: { attempts: number; lockSeconds: number }): Lockout {
  async function answered<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (cause) {
      throw signInUnavailable({}, { cause }); // L3
    }
  }

  async function lockedFor(account: Account) {
    const failures = Number(await answered(redis.get(keyOf(account))));
    if (failures < attempts) return 0;
    const leftMs = await answered(redis.pttl(keyOf(account)));
    if (leftMs >= 0) return Math.max(1, Math.ceil(leftMs / 1000));
    // Gone since, or without an end because the process that counted died before it set one.
    await answered(redis.expire(keyOf(account), lockSeconds));
    return leftMs === -2 ? 0 : lockSeconds;
  }

  async function failed(account: Account) {
    const failures = await answered(redis.incr(keyOf(account)));
    // The lock begins with the failure that fills the count; later ones do not make it longer.
    if (failures === 1 || failures === attempts) await answered(redis.expire(keyOf(account), lockSeconds));
    return failures === attempts;
  }

  const succeeded = async (account: Account) => void (await answered(redis.del(keyOf(account))));

  return { lockedFor, failed, succeeded };
}
