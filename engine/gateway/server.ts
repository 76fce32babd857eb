/** The HTTP server itself: timeouts against slow clients, answers to what is not HTTP, and an ending that waits. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Express } from 'express';
import { newId, type Clock, type Logger } from '../kernel/index.ts';

export interface Listening {
  readonly url: string;
  /** Accepts nothing new, lets what is under way end, and resolves when every connection is closed. */
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly application: Express;
  readonly host: string;
  readonly port: number;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A client has so long to send its headers, and so long for the whole request. Longer uploads than this are attacks or belong elsewhere. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 60_000;
/** Longer than a balancer's own idle time (nginx: 60 s), or it would now and then write to a closing connection. */
const KEEP_ALIVE_MS = 65_000;
/** Requests still running after this are cut when the process ends. */
const DRAIN_MS = 10_000;

const brokenRequests: Record<string, [status: string, code: string, message: string]> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'HEADERS_TOO_LARGE', 'The headers are larger than 16 KiB. Send fewer or shorter ones.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'REQUEST_TIMEOUT', 'The request did not arrive in time. Send it again, without pauses.'],
};
const notHttp: [string, string, string] = ['400 Bad Request', 'MALFORMED_REQUEST', 'This is not an HTTP/1.1 request. Check the request line and the headers.'];

/** Below the application: there is no request object to answer, only bytes that made no sense. */
function answerBroken(error: NodeJS.ErrnoException, socket: Socket) {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, code, message] = brokenRequests[error.code ?? ''] ?? notHttp;
  const id = newId();
  const body = JSON.stringify({ error: { code, message, details: {}, request_id: id, correlation_id: id, retryable: code === 'REQUEST_TIMEOUT' } });
  const headers = ['Content-Type: application/json; charset=utf-8', `Content-Length: ${Buffer.byteLength(body)}`, `X-Request-Id: ${id}`, 'Connection: close'];
  socket.end([`HTTP/1.1 ${status}`, ...headers, '', body].join('\r\n'));
}

/** A connection that is kept alive would keep the process from ending. */
function lastOfItsConnection(response: ServerResponse) {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

function close(server: Server, clock: Clock, log: Logger): Promise<void> {
  return new Promise((resolve) => {
    const cut = clock.after(DRAIN_MS, () => {
      log.warn({ waited: DRAIN_MS }, 'requests were still running and are cut');
      server.closeAllConnections();
    });
    server.close(() => {
      cut.cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}

export async function startServer({ application, host, port, onUpgrade, clock, log }: ServerOptions): Promise<Listening> {
  const server = createServer({
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 5_000,
    // Any other protocol that a client offers is ignored, as RFC 9110 section 7.8 allows.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  });
  let closing: Promise<void> | undefined;
  const underWay = new Set<ServerResponse>();
  server.on('request', (request, response) => {
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    if (closing) lastOfItsConnection(response);
    application(request, response);
  });
  server.on('upgrade', onUpgrade);
  server.on('clientError', (error, socket) => answerBroken(error, socket as Socket));
  const address = await listen(server, port, host);
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  const end = () => {
    underWay.forEach(lastOfItsConnection);
    return close(server, clock, log);
  };
  return { url: `http://${shownHost}:${address.port}`, close: () => (closing ??= end()) };
}
