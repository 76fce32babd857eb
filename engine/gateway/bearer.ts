import type { IncomingMessage } from 'node:http';

/** RFC 6750 section 2.1; the scheme's name is case-insensitive (RFC 9110 section 11.1). */
const scheme = /^bearer +([\w.~+/=-]+)$/i;

export const bearerOf = ({ headers }: IncomingMessage): string | undefined => scheme.exec(headers.authorization ?? '')?.[1];

/**
 * Browsers cannot set headers on a WebSocket handshake: there the token may also be the protocol named after
 * `access_token`, or the query's `access_token` (RFC 6750 section 2.3). Nowhere else, because addresses are logged.
 */
export function handshakeBearerOf(request: IncomingMessage): string | undefined {
  const [first, second] = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim());
  const inProtocols = first === 'access_token' ? second : undefined;
  return bearerOf(request) ?? inProtocols ?? queryOf(request).get('access_token') ?? undefined;
}

/** Without reading the address as a whole: a client may send one that is none. */
const queryOf = ({ url = '' }: IncomingMessage) => new URLSearchParams(url.split('?', 2)[1]);
