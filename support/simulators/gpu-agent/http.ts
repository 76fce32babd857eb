/** The HTTP side: reads requests, keeps their log, applies faults asked for from outside, answers. Knows no endpoint. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Faults that a scenario sets with POST /__faults. `delay_ms` stays until it is set again; the others happen once. */
export interface Faults {
  delay_ms?: number;
  next?: { status: number; error: string };
  /** An error line under status 200 after so many tokens. */
  fail_after_tokens?: number;
  /** The connection is cut after so many tokens. */
  cut_after_tokens?: number;
}

export interface Exchange {
  readonly body: Record<string, unknown>;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  readonly faults: Faults;
  json(status: number, body: unknown): void;
  text(status: number, body: string): void;
  /** Starts an answer in pieces; the first piece decides that the status is 200. */
  stream(contentType: string): { write(piece: string): Promise<void>; end(): void; cut(): void };
}

export type Handler = (exchange: Exchange) => Promise<void> | void;
/** By `METHOD /path`. */
export type Routes = Readonly<Record<string, Handler>>;

interface Arrived {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Null while the answer is not finished; 499 when the client went away before. */
  status: number | null;
  duration_ms: number | null;
}

const MOST_LOGGED = 2_000;
const MOST_BYTES = 32 * 1024 * 1024;

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new ApiError(413, 'http: request body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Ollama's words for bodies it cannot read are those of Go's JSON decoder. */
function parseBody(text: string): Record<string, unknown> {
  if (text.trim() === '') throw new ApiError(400, 'missing request body');
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  } catch {
    throw new ApiError(400, /^\s*[{[]/.test(text) ? 'unexpected EOF' : `invalid character '${text.trim()[0]}' looking for beginning of value`);
  }
  throw new ApiError(400, 'json: cannot unmarshal value into Go value of type api.Request');
}

function openStream(response: ServerResponse, contentType: string) {
  const begin = () => response.headersSent || response.writeHead(200, { 'content-type': contentType, 'transfer-encoding': 'chunked' });
  return {
    write: async (piece: string) => {
      begin();
      if (!response.write(piece)) await new Promise<void>((resolve) => response.once('drain', resolve).once('close', resolve));
    },
    end: () => {
      begin();
      response.end();
    },
    cut: () => void response.destroy(),
  };
}

interface Served {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly faults: Faults;
  readonly text: string;
}

function exchangeOf({ request, response, faults, text }: Served): Exchange {
  const gone = new AbortController();
  response.on('close', () => response.writableFinished || gone.abort(new ApiError(499, 'request canceled')));
  const send = (status: number, contentType: string, body: string) => void response.writeHead(status, { 'content-type': contentType }).end(body);
  return {
    body: request.method === 'POST' || request.method === 'DELETE' ? parseBody(text) : {},
    signal: gone.signal,
    faults,
    json: (status, body) => send(status, 'application/json; charset=utf-8', JSON.stringify(body)),
    text: (status, body) => send(status, 'text/plain; charset=utf-8', body),
    stream: (contentType) => openStream(response, contentType),
  };
}

/** Before the first piece an error has a status; after it, it is a line of the stream (see ollama-api.ts). */
function answerError(response: ServerResponse, path: string, error: unknown) {
  const { status, message } = error instanceof ApiError ? error : { status: 500, message: (error as Error).message };
  if (response.headersSent || response.destroyed) return void response.destroy();
  const type = status === 404 ? 'not_found_error' : status < 500 ? 'invalid_request_error' : 'api_error';
  const body = path.startsWith('/v1/') ? { error: { message, type, param: null, code: null } } : { error: message };
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

async function applyFaults(faults: Faults) {
  if (faults.delay_ms) await new Promise((resolve) => setTimeout(resolve, faults.delay_ms));
  const { next } = faults;
  delete faults.next;
  if (next) throw new ApiError(next.status, next.error);
}

export function createAgentServer(routes: Routes): Server {
  const log: Arrived[] = [];
  const faults: Faults = {};

  const controls: Readonly<Record<string, (text: string, query: URLSearchParams) => unknown>> = {
    'GET /__requests': (_text, query) => log.filter(({ path }) => !query.has('path') || path === query.get('path')),
    'DELETE /__requests': () => void log.splice(0),
    'POST /__faults': (text) => Object.assign(faults, JSON.parse(text)),
  };

  function note(request: IncomingMessage, response: ServerResponse, { url, text }: { url: URL; text: string }) {
    const began = performance.now();
    const { method = '', headers } = request;
    const entry: Arrived = { at: Date.now(), method, path: url.pathname, query: Object.fromEntries(url.searchParams), headers, body: text, status: null, duration_ms: null };
    log.push(entry);
    if (log.length > MOST_LOGGED) log.shift();
    response.on('close', () => {
      entry.status = response.writableFinished ? response.statusCode : 499;
      entry.duration_ms = performance.now() - began;
    });
  }

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? '/', 'http://agent');
    const text = await readText(request);
    const key = `${request.method} ${url.pathname}`;
    const control = controls[key];
    if (control) return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(control(text, url.searchParams) ?? {}));
    note(request, response, { url, text });
    await applyFaults(faults);
    const handler = routes[key];
    if (handler) return handler(exchangeOf({ request, response, faults, text }));
    const known = Object.keys(routes).some((route) => route.endsWith(` ${url.pathname}`));
    response.writeHead(known ? 405 : 404, { 'content-type': 'text/plain' }).end(known ? '405 method not allowed' : '404 page not found');
  }

  return createServer((request, response) => {
    const path = request.url ?? '/';
    serve(request, response).catch((error: unknown) => answerError(response, path, error));
  });
}
