/** One request and its answer, from the first byte to the access log. */
import { isIP } from 'node:net';
import type { Request, Response } from 'express';
import {
  inTrace, newId, toHiveError, traced, type HiveError, type Logger, type Principal, type RouteAnswer, type RouteDefinition, type Tenant, type TraceCarrier,
} from '../kernel/index.ts';
import type { Observability } from '../observability/index.ts';
import type { ErrorEnvelope } from './contract.ts';

/** What is known of a request. `principal` and `tenant` are filled in by the stages that find them out. */
export interface Asked {
  readonly request: Request;
  readonly response: Response;
  readonly requestId: string;
  readonly correlationId: string;
  readonly channel: string;
  readonly ipAddress: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
  principal: Principal | undefined;
  tenant: Tenant | undefined;
}

/** The bytes of an answer; `error` is there when it is one. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | Buffer | undefined;
  readonly error?: HiveError;
}

const correlationForm = /^[\w.:-]{1,128}$/;
const channelForm = /^[a-z][a-z0-9-]{0,31}$/;
/** The client closed the connection before it was answered; nginx's number for it, never sent. */
const CLIENT_GONE = 499;

function abortedWith(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => response.writableFinished || gone.abort(new Error('the client went away')));
  return gone.signal;
}

/** A proxy of ours says who asked (X-Forwarded-For); what is no address was made up by the client. */
function addressOf({ ip = '', socket }: Request): string {
  return isIP(ip) ? ip : (socket.remoteAddress ?? 'unknown');
}

/** Stage 1: who is calling from where, before anything is asked of them. */
export function identify(request: Request, response: Response, log: Logger): Asked {
  const requestId = newId();
  const correlation = request.get('x-correlation-id') ?? '';
  const correlationId = correlationForm.test(correlation) ? correlation : requestId;
  const channel = request.get('x-client-channel')?.toLowerCase() ?? '';
  response.setHeader('X-Request-Id', requestId);
  response.setHeader('X-Correlation-Id', correlationId);
  return {
    request,
    response,
    requestId,
    correlationId,
    channel: channelForm.test(channel) ? channel : 'http',
    ipAddress: addressOf(request),
    log: log.child({ request_id: requestId, correlation_id: correlationId }),
    signal: abortedWith(response),
    principal: undefined,
    tenant: undefined,
  };
}

/** Last stage: a room's answer as bytes. JSON unless the route says otherwise for this status. */
export function format(answer: RouteAnswer, route: Pick<RouteDefinition, 'answers'>): Reply {
  const contentType = route.answers[answer.status]?.contentType;
  const headers = { 'Cache-Control': 'no-store', ...answer.headers };
  if (answer.body === undefined) return { status: answer.status, headers, payload: undefined };
  if (contentType) return { status: answer.status, headers: { ...headers, 'Content-Type': contentType }, payload: answer.body as string | Buffer };
  return { status: answer.status, headers: { ...headers, 'Content-Type': 'application/json; charset=utf-8' }, payload: JSON.stringify(answer.body) };
}

function headersOf(error: HiveError, asked: Asked): Record<string, string> {
  const { retryAfterSeconds, allowed } = error.facts;
  const headers: Record<string, string> = { 'Cache-Control': 'no-store', 'Content-Type': 'application/json; charset=utf-8' };
  if (typeof retryAfterSeconds === 'number') headers['Retry-After'] = String(Math.max(Math.ceil(retryAfterSeconds), 1));
  if (error.status === 405 && Array.isArray(allowed)) headers['Allow'] = allowed.join(', ');
  if (error.status === 426) headers['Upgrade'] = 'websocket';
  // RFC 6750 section 3.1: no error attribute where no token was sent.
  if (error.status === 401) headers['WWW-Authenticate'] = `Bearer realm="hive-queen"${asked.request.get('authorization') ? ', error="invalid_token"' : ''}`;
  return headers;
}

export function envelopeOf({ code, message, facts, retryable }: HiveError, asked: Pick<Asked, 'requestId' | 'correlationId'>): ErrorEnvelope {
  return { error: { code, message, details: facts, request_id: asked.requestId, correlation_id: asked.correlationId, retryable } };
}

/** The one error envelope, for whatever was thrown. What the platform did not foresee is logged, never shown. */
export function failure(thrown: unknown, asked: Asked): Reply {
  const error = toHiveError(thrown);
  if (error.cause !== undefined && !asked.signal.aborted) asked.log.error({ err: error.cause, code: error.code }, 'a request failed');
  return { status: error.status, headers: headersOf(error, asked), payload: JSON.stringify(envelopeOf(error, asked)), error };
}

export function send({ status, headers, payload }: Reply, response: Response): Promise<void> {
  return new Promise((resolve) => {
    // 101 was written by the protocol that took over.
    if (response.destroyed || response.headersSent || status === 101) return resolve();
    response.once('close', resolve);
    const length = payload === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(payload)) };
    response.writeHead(status, { ...headers, ...length }).end(payload, resolve);
  });
}

export type Exchange = (request: Request, response: Response) => Promise<void>;
export type Pass = (asked: Asked) => Promise<Reply>;

/** Where a request came from in somebody else's trace (W3C trace context). */
function traceOf(request: Request): TraceCarrier {
  const carrier: TraceCarrier = {};
  for (const header of ['traceparent', 'tracestate']) {
    const value = request.get(header);
    if (value) carrier[header] = value;
  }
  return carrier;
}

export interface ExchangeOptions {
  readonly observability: Pick<Observability, 'recordRequest'>;
  readonly log: Logger;
}

/** Wraps the stages of one route: identify, pass, answer in the one envelope, record. Never rejects. */
export function createExchange({ observability, log }: ExchangeOptions) {
  async function record(asked: Asked, { route, status, startedAt }: { route: string; status: number; startedAt: number }) {
    const { request, tenant, principal, channel, ipAddress } = asked;
    const milliseconds = Math.round((performance.now() - startedAt) * 10) / 10;
    const facts = { method: request.method, path: request.path, route, status, milliseconds, tenant: tenant?.id, user: principal?.userId, channel, ip: ipAddress };
    // The path without its query: a socket's token may stand there.
    asked.log.info(facts, 'request');
    await traced({ from: 'gateway', to: 'observability', message: 'record request', tenant: tenant?.id }, async () =>
      observability.recordRequest({ tenant: tenant?.id ?? '', route, method: request.method, status, seconds: milliseconds / 1_000 }),
    );
  }

  return function exchange(route: string, pass: Pass): Exchange {
    return (request, response) => {
      const startedAt = performance.now();
      const asked = identify(request, response, log);
      const message = { from: 'client', to: 'gateway', message: `${request.method} ${route}`, facts: { correlation: asked.correlationId, channel: asked.channel } };
      return inTrace(traceOf(request), () =>
        traced(message, async (span) => {
          const reply = await pass(asked).catch((thrown: unknown) => failure(thrown, asked));
          await send(reply, response);
          span.setAttribute('hive.status', reply.status);
          if (asked.tenant) span.setAttribute('hive.tenant', asked.tenant.id);
          if (reply.error) span.setAttribute('hive.error', reply.error.code);
          await record(asked, { route, status: asked.signal.aborted ? CLIENT_GONE : reply.status, startedAt });
        }),
      );
    };
  };
}
