/**
 * The recorder: an OTLP/HTTP receiver on loopback to which every engine process exports, and the reading side for
 * the steps, which run in other threads than the one that started it.
 *
 *   POST /v1/traces            OTLP JSON, gzip allowed; what @opentelemetry/exporter-trace-otlp-http sends
 *   GET  /traces/{id}          the spans of one trace
 *   GET  /traces/{id}?beyond=n&within=ms   answers when the trace has more than n spans, or as it is after that time
 *
 * C1. A span is kept once, also when an exporter repeats a request whose answer it did not see.
 * C2. The oldest trace is forgotten beyond `MOST_TRACES`: a long run must not grow without end.
 * C3. Protobuf is answered with 415 and the reason; accepting it unread would look like an engine without spans.
 */
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { readOtlp, spansToJson, type OtlpTraces, type RecordedSpan } from './spans.ts';
import { collectorAt, type TraceReader } from './trace-reader.ts';

export interface Collector extends TraceReader {
  /** Base address; the engine appends `/v1/traces` (OTEL_EXPORTER_OTLP_ENDPOINT). */
  readonly url: string;
  stop(): Promise<void>;
}

const MOST_TRACES = 5_000;
/** Longest wait of one reading request; readers ask again until their own deadline. */
const LONGEST_WAIT_MS = 5_000;

interface Store {
  add(spans: readonly RecordedSpan[]): void;
  spans(traceId: string): RecordedSpan[];
  /** Resolves when the trace has more than `count` spans, or after `withinMs`. */
  beyond(traceId: string, count: number, withinMs: number): Promise<void>;
}

function createStore(): Store {
  const traces = new Map<string, Map<string, RecordedSpan>>();
  const arrivals = new EventEmitter().setMaxListeners(0);

  function add(spans: readonly RecordedSpan[]) {
    for (const span of spans) {
      const trace = traces.get(span.traceId) ?? new Map<string, RecordedSpan>();
      traces.set(span.traceId, trace.set(span.spanId, span)); // C1
      if (traces.size > MOST_TRACES) traces.delete(traces.keys().next().value!); // C2
    }
    for (const traceId of new Set(spans.map((span) => span.traceId))) arrivals.emit(traceId);
  }

  async function beyond(traceId: string, count: number, withinMs: number) {
    const signal = AbortSignal.timeout(Math.min(withinMs, LONGEST_WAIT_MS));
    while ((traces.get(traceId)?.size ?? 0) <= count && !signal.aborted) await once(arrivals, traceId, { signal }).catch(() => undefined);
  }

  return { add, beyond, spans: (traceId) => [...(traces.get(traceId)?.values() ?? [])] };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return (request.headers['content-encoding'] === 'gzip' ? await promisify(gunzip)(body) : body).toString('utf8');
}

const answer = (response: ServerResponse, status: number, body: string) => void response.writeHead(status, { 'content-type': 'application/json' }).end(body);
const refusal = (message: string) => JSON.stringify({ message });

async function receive(store: Store, request: IncomingMessage, response: ServerResponse) {
  const body = await bodyOf(request);
  if (!request.headers['content-type']?.startsWith('application/json'))
    return answer(response, 415, refusal(`found ${request.headers['content-type']}, expected application/json; export OTLP over http/json`)); // C3
  try {
    store.add(readOtlp(JSON.parse(body) as OtlpTraces));
  } catch (error) {
    return answer(response, 400, refusal(`not OTLP JSON: ${(error as Error).message}`));
  }
  answer(response, 200, '{}');
}

async function read(store: Store, url: URL, response: ServerResponse) {
  const traceId = url.pathname.split('/')[2] ?? '';
  const beyond = url.searchParams.get('beyond');
  const within = Number(url.searchParams.get('within') ?? LONGEST_WAIT_MS);
  if (beyond !== null) await store.beyond(traceId, Number(beyond), within);
  answer(response, 200, spansToJson(store.spans(traceId)));
}

/** Starts a collector on a free loopback port. */
export async function startCollector(): Promise<Collector> {
  const store = createStore();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://collector');
    const handled =
      request.method === 'POST' && url.pathname === '/v1/traces' ? receive(store, request, response)
      : request.method === 'GET' && url.pathname.startsWith('/traces/') ? read(store, url, response)
      : Promise.resolve(answer(response, 404, refusal('expected POST /v1/traces or GET /traces/{id}')));
    handled.catch((error: unknown) => answer(response, 500, refusal(String(error))));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = async () => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { ...collectorAt(url), url, stop };
}
