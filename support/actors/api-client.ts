/** Speaks HTTP to an engine as any client would. Each request starts a trace of its own, whose id it remembers. */
import { newTrace } from '../diagrams/index.ts';

export interface Answer<Body = any> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON, else the text. */
  readonly body: Body;
  readonly traceId: string;
  /** The client's own span, parent of the engine's first. */
  readonly clientSpan: string;
  readonly request: { method: string; path: string };
}

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  readonly path: string;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function ask(baseUrl: string, { method = 'GET', path, body, token, headers }: Asked): Promise<Answer> {
  const { traceId, clientSpan, traceparent } = newTrace();
  const response = await fetch(new URL(path, baseUrl), {
    method,
    headers: {
      traceparent,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: json && text ? JSON.parse(text) : text, traceId, clientSpan, request: { method, path } };
}

/** One line for assertion messages: what was asked, what came, where to look. */
export const told = ({ status, body, headers, request }: Answer) =>
  `${request.method} ${request.path} answered ${status} (request id ${headers.get('x-request-id')}): ${JSON.stringify(body).slice(0, 600)}`;
