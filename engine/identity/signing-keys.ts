/**
 * The keys of the access tokens, kept in hive.signing_keys and made once a database: every process signs and
 * verifies with the same ones. Read by the owner of the tables; no request's statement can reach them.
 */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import type { Clock } from '../kernel/index.ts';
import type { Database } from '../storage/index.ts';
import { queries } from './queries.ts';
import { ALGORITHM, type TokenKeys } from './tokens.ts';

interface KeyRow {
  readonly kid: string;
  readonly algorithm: string;
  readonly public_jwk: JWK;
  readonly private_jwk: JWK;
}

interface LoadedKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly published: JWK;
}

export interface SigningKeys extends TokenKeys {
  /** Makes the first key where there is none, and loads all. */
  load(): Promise<void>;
  /** What GET /.well-known/jwks.json shows. */
  published(): { keys: JWK[] };
}

/** Forged tokens name unknown keys; each may not cost a query. */
const RELOAD_PAUSE_MS = 5_000;

async function newKeyRow() {
  const pair = await generateKeyPair(ALGORITHM, { extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  return [kid, ALGORITHM, JSON.stringify(publicJwk), JSON.stringify(await exportJWK(pair.privateKey))];
}

async function loaded({ kid, algorithm, public_jwk, private_jwk }: KeyRow): Promise<LoadedKey> {
  return {
    kid,
    privateKey: (await importJWK(private_jwk, algorithm)) as CryptoKey,
    publicKey: (await importJWK(public_jwk, algorithm)) as CryptoKey,
    published: { ...public_jwk, kid, alg: algorithm, use: 'sig' },
  };
}

export function createSigningKeys({ database, clock }: { database: Database; clock: Clock }): SigningKeys {
  /** Newest first: the first one signs. */
  let keys: readonly LoadedKey[] = [];
  let loadedAt = -Infinity;

  async function load() {
    const rows = await database.asOwner(async (sql) => {
      await sql.rows(queries.lock_signing_keys);
      const existing = await sql.rows<KeyRow>(queries.list_signing_keys);
      if (existing.length > 0) return existing;
      await sql.affected(queries.insert_signing_key, await newKeyRow());
      return sql.rows<KeyRow>(queries.list_signing_keys);
    });
    keys = await Promise.all(rows.map(loaded));
    loadedAt = clock.now();
  }

  const known = (kid: string) => keys.find((key) => key.kid === kid)?.publicKey;

  return {
    load,
    published: () => ({ keys: keys.map((key) => key.published) }),
    async current() {
      const [key] = keys;
      if (!key) throw new Error('the signing keys are not loaded; identity was not started');
      return key;
    },
    async publicKey(kid) {
      if (!known(kid) && clock.now() - loadedAt >= RELOAD_PAUSE_MS) await load();
      return known(kid);
    },
  };
}
