/** One HTTP exchange with its redirects, as bytes. Knows nothing of nodes' parameters. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { NodeFault } from '../fault.ts';
import { guardedLookup, guardHost } from './addresses.ts';

export interface HttpCall {
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  readonly maxRedirects: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface ExchangeOptions {
  readonly allowPrivateAddresses: boolean;
  readonly signal: AbortSignal;
  /** What the answers of one step may take together, unpacked; each takes its part away. */
  readonly room: Room;
}

export interface Room {
  bytesLeft: number;
}

const secrets = ['authorization', 'cookie', 'proxy-authorization'];

/** Throws NodeFault (retryable) when no answer came. */
export async function exchange(call: HttpCall, options: ExchangeOptions): Promise<HttpAnswer> {
  let next = call;
  for (let redirects = 0; ; redirects += 1) {
    const answer = await once(next, options);
    const target = answer.headers['location'];
    if (![301, 302, 303, 307, 308].includes(answer.status) || target === undefined || call.maxRedirects === 0) return answer;
    if (redirects >= call.maxRedirects) throw new NodeFault(`Maximum number of redirects exceeded: ${call.maxRedirects}`);
    next = redirected(next, answer.status, targetOf(target, next.url));
  }
}

function targetOf(location: string, from: string): URL {
  const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (target?.protocol === 'http:' || target?.protocol === 'https:') return target;
  throw new NodeFault(`The service redirects to "${location.slice(0, 200)}", which is no http or https address`, { name: 'NodeApiError' });
}

/** As browsers do: 303, and 301 or 302 after a POST, go on as GET; secrets stay with their origin. */
function redirected(call: HttpCall, status: number, target: URL): HttpCall {
  const becomesGet = status === 303 || (call.method === 'POST' && (status === 301 || status === 302));
  const sameOrigin = target.origin === new URL(call.url).origin;
  const dropped = [...(sameOrigin ? [] : secrets), ...(becomesGet ? ['content-type', 'content-length'] : [])];
  const headers = Object.fromEntries(Object.entries(call.headers).filter(([name]) => !dropped.includes(name)));
  return { ...call, url: target.href, headers, method: becomesGet ? 'GET' : call.method, body: becomesGet ? undefined : call.body };
}

async function once(call: HttpCall, { allowPrivateAddresses, signal, room }: ExchangeOptions): Promise<HttpAnswer> {
  const url = new URL(call.url);
  guardHost(url.hostname, allowPrivateAddresses);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(error instanceof NodeFault || signal.aborted ? error : unreachable(error, url));
    const outgoing = send(url, { method: call.method, headers: call.headers, signal, ...(!allowPrivateAddresses && { lookup: guardedLookup }) }, (incoming) => {
      readAll(incoming, room).then((body) => answerOf(incoming, body, room)).then(resolve, fail);
    });
    outgoing.on('error', fail);
    outgoing.end(call.body);
  }).catch((error: NodeJS.ErrnoException) => {
    throw unsendable.has(error.code ?? '') ? new NodeFault(`The request cannot be sent: ${error.message}`) : error;
  }) as Promise<HttpAnswer>;
}

/** What Node says of headers and addresses that HTTP does not allow. */
const unsendable = new Set(['ERR_INVALID_CHAR', 'ERR_INVALID_HTTP_TOKEN', 'ERR_UNESCAPED_CHARACTERS', 'ERR_HTTP_INVALID_HEADER_VALUE', 'ERR_HTTP_TRAILER_INVALID']);

function unreachable(error: NodeJS.ErrnoException, { host }: URL): NodeFault {
  const reasons: Record<string, string> = {
    ECONNREFUSED: 'The service refused the connection - perhaps it is offline',
    ENOTFOUND: 'The connection cannot be established, this usually occurs due to an incorrect host (domain) value',
    ECONNRESET: 'The connection to the server was closed unexpectedly, perhaps it is offline. You can retry the request immediately or wait and retry later.',
    ETIMEDOUT: 'The connection timed out, consider setting the \'Retry on Fail\' option in the node settings',
  };
  return new NodeFault(reasons[error.code ?? ''] ?? error.message, { name: 'NodeApiError', description: `${host}: ${error.message}`, retryable: true, context: { code: error.code } });
}

const tooLarge = () => new NodeFault('The answers are larger than what one step can keep', { name: 'NodeApiError', description: 'Ask for less, or for fewer items at a time.' });

function take(room: Room, bytes: number) {
  room.bytesLeft -= bytes;
  if (room.bytesLeft < 0) throw tooLarge();
}

async function readAll(incoming: IncomingMessage, room: Room): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    take(room, chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const unpackers = { gzip: promisify(gunzip), br: promisify(brotliDecompress), deflate: promisify(inflate) } as const;

/** A megabyte of zeros packs into a kilobyte, so what comes out is limited as what came in. */
async function unpacked(body: Buffer, encoding: string, room: Room): Promise<Buffer> {
  const unpack = Object.hasOwn(unpackers, encoding) ? unpackers[encoding as keyof typeof unpackers] : undefined;
  if (!unpack || body.length === 0) return body;
  const result = await unpack(body, { maxOutputLength: Math.max(room.bytesLeft, 1) }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : new NodeFault(`The answer is no valid ${encoding}`, { name: 'NodeApiError', retryable: true });
  });
  take(room, result.length);
  return result;
}

async function answerOf(incoming: IncomingMessage, packed: Buffer, room: Room): Promise<HttpAnswer> {
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));
  const body = await unpacked(packed, headers['content-encoding'] ?? '', room);
  return { status: incoming.statusCode ?? 0, statusText: incoming.statusMessage ?? '', headers, body };
}
