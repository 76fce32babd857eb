/** Passwords as Argon2id hashes in PHC form (RFC 9106): `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`. */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

export interface PasswordCost {
  readonly memoryKib: number;
  readonly passes: number;
}

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Takes as long for an account that has no hash as for one that has, and answers false. */
  matches(password: string, stored: string | null | undefined): Promise<boolean>;
  /** Whether the hash was made at another cost than the present one. */
  outdated(stored: string): boolean;
}

interface Parsed extends PasswordCost {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const derive = promisify(argon2);
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** PHC writes base64 without padding. */
const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');

function parse(stored: string): Parsed {
  const [, memory, passes, salt, hash] = PHC.exec(stored) ?? [];
  if (!salt || !hash) throw new Error('a stored password hash is not an Argon2id hash in PHC form');
  return { memoryKib: Number(memory), passes: Number(passes), salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
}

/** NFC, so that a password typed on another keyboard is the same password. */
const compute = (password: string, { memoryKib, passes, salt }: PasswordCost & { salt: Buffer }, length: number) =>
  derive('argon2id', { message: password.normalize('NFC'), nonce: salt, parallelism: 1, tagLength: length, memory: memoryKib, passes });

export function createPasswords(cost: PasswordCost): Passwords {
  async function hash(password: string) {
    const salt = randomBytes(SALT_BYTES);
    const derived = await compute(password, { ...cost, salt }, HASH_BYTES);
    return `$argon2id$v=19$m=${cost.memoryKib},t=${cost.passes},p=1$${unpadded(salt)}$${unpadded(derived)}`;
  }

  async function matches(password: string, stored: string | null | undefined) {
    const expected = stored ? parse(stored) : { ...cost, salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES) };
    return timingSafeEqual(await compute(password, expected, expected.hash.length), expected.hash) && Boolean(stored);
  }

  function outdated(stored: string) {
    const { memoryKib, passes } = parse(stored);
    return memoryKib !== cost.memoryKib || passes !== cost.passes;
  }

  return { hash, matches, outdated };
}
