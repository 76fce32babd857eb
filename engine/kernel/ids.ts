import { randomBytes, randomUUID } from 'node:crypto';

/** A random UUID (version 4): every id of the platform is a UUID (documents' conflict X05). */
export function newId(): string {
  return randomUUID();
}

/** `bytes` random bytes as base64url, for tokens that are shown once and stored hashed. */
export function shortToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}
