/** One HTTP exchange with its redirects, as bytes. Knows nothing of nodes' parameters. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
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
  /** Largest answer that is kept, in bytes. */
  readonly maxBytes: number;
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
    next = redirected(next, answer.status, new URL(target, next.url));
  }
}

/** As browsers do: 303, and 301 or 302 after a POST, go on as GET; secrets stay with their origin. */
function redirected(call: HttpCall, status: number, target: URL): HttpCall {
  const becomesGet = status === 303 || (call.method === 'POST' && (status === 301 || status === 302));
  const sameOrigin = target.origin === new URL(call.url).origin;
  const dropped = [...(sameOrigin ? [] : secrets), ...(becomesGet ? ['content-type', 'content-length'] : [])];
  const headers = Object.fromEntries(Object.entries(call.headers).filter(([name]) => !dropped.includes(name)));
  return { ...call, url: target.href, headers, method: becomesGet ? 'GET' : call.method, body: becomesGet ? undefined : call.body };
}

function once(call: HttpCall, { allowPrivateAddresses, signal, maxBytes }: ExchangeOptions): Promise<HttpAnswer> {
  const url = new URL(call.url);
  guardHost(url.hostname, allowPrivateAddresses);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(error instanceof NodeFault || signal.aborted ? error : unreachable(error, url));
    const outgoing = send(url, { method: call.method, headers: call.headers, signal, ...(!allowPrivateAddresses && { lookup: guardedLookup }) }, (incoming) => {
      readAll(incoming, maxBytes).then((body) => resolve(answerOf(incoming, body)), fail);
    });
    outgoing.on('error', fail);
    outgoing.end(call.body);
  });
}

function unreachable(error: NodeJS.ErrnoException, { host }: URL): NodeFault {
  const reasons: Record<string, string> = {
    ECONNREFUSED: 'The service refused the connection - perhaps it is offline',
    ENOTFOUND: 'The connection cannot be established, this usually occurs due to an incorrect host (domain) value',
    ECONNRESET: 'The connection to the server was closed unexpectedly, perhaps it is offline. You can retry the request immediately or wait and retry later.',
    ETIMEDOUT: 'The connection timed out, consider setting the \'Retry on Fail\' option in the node settings',
  };
  return new NodeFault(reasons[error.code ?? ''] ?? error.message, { name: 'NodeApiError', description: `${host}: ${error.message}`, retryable: true, context: { code: error.code } });
}

async function readAll(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new NodeFault(`The answer is larger than the ${maxBytes} bytes that are kept`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function answerOf(incoming: IncomingMessage, body: Buffer): HttpAnswer {
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));
  const unpack = { gzip: gunzipSync, br: brotliDecompressSync, deflate: inflateSync }[headers['content-encoding'] ?? ''];
  return { status: incoming.statusCode ?? 0, statusText: incoming.statusMessage ?? '', headers, body: unpack && body.length > 0 ? unpack(body) : body };
}
