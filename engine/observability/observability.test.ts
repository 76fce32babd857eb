import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { trace } from '@opentelemetry/api';
import { expect } from 'chai';
import { currentTrace, inTrace, traced } from '../kernel/index.ts';
import { createObservability, flushTraces } from './index.ts';

type Span = { name: string; traceId: string; parentSpanId?: string; attributes: { key: string; value: { stringValue?: string } }[] };
type Export = { resourceSpans: { resource: { attributes: Span['attributes'] }; scopeSpans: { spans: Span[] }[] }[] };

/** A real OTLP/HTTP collector on a loopback port: keeps what is posted to /v1/traces. */
async function collector() {
  const received: Export[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url === '/v1/traces') received.push(JSON.parse(Buffer.concat(chunks).toString()) as Export);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => new Promise<void>((resolve) => { server.closeAllConnections(); server.close(() => resolve()); });
  return { received, close, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const lines: string[] = [];
const quiet = { write: (line: string) => void lines.push(line) };
const settings = { HIVE_LOG_LEVEL: 'info', OTEL_EXPORTER_OTLP_ENDPOINT: undefined } as const;

// First, because a tracer keeps the SDK that it met first for the life of its process.
test('without an endpoint nothing is registered', async () => {
  const observability = createObservability({ settings, process: 'engine-1', destination: quiet });
  await observability.start();
  const recording = await traced({ from: 'a', to: 'b', message: 'c' }, async (span) => span.isRecording());
  await observability.stop();
  expect(recording).to.equal(false);
  expect(trace.getActiveSpan()).to.equal(undefined);
});

test('a span reaches the collector with its participants, within the trace of the caller', async () => {
  const { received, close, endpoint } = await collector();
  const observability = createObservability({ settings: { ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, process: 'engine-1', destination: quiet });
  await observability.start();
  const caller = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  const passedOn = await inTrace(caller, () => traced({ from: 'gateway', to: 'identity', message: 'authenticate' }, async () => currentTrace()));
  await flushTraces();
  await observability.stop();
  await observability.stop();
  await close();

  const exported = received[0]?.resourceSpans[0];
  const span = exported?.scopeSpans[0]?.spans[0];
  const valueOf = (attributes: Span['attributes'] | undefined, key: string) => attributes?.find((each) => each.key === key)?.value.stringValue;
  expect(span?.traceId).to.equal('0af7651916cd43dd8448eb211c80319c');
  expect(span?.parentSpanId).to.equal('b7ad6b7169203331');
  expect(valueOf(span?.attributes, 'hive.to')).to.equal('identity');
  expect(valueOf(exported?.resource.attributes, 'service.instance.id')).to.equal('engine-1');
  expect(passedOn['traceparent']).to.contain('0af7651916cd43dd8448eb211c80319c');
});

test('a log line is JSON with its correlation id and without its secrets', () => {
  lines.length = 0;
  const { log } = createObservability({ settings, process: 'engine-1', destination: quiet });
  log.child({ correlation_id: 'c-1' }).info({ user: 'ada', body: { password: 'hunter2' }, token: 'abc' }, 'signed in');
  const record = JSON.parse(lines[0] ?? '{}') as Record<string, unknown>;
  expect(record).to.include({ level: 'info', message: 'signed in', correlation_id: 'c-1', process: 'engine-1', user: 'ada', token: '[hidden]' });
  expect(lines[0]).to.not.contain('hunter2');
});

test('a request counts for its tenant only', async () => {
  const observability = createObservability({ settings, process: 'engine-1', destination: quiet });
  observability.recordRequest({ tenant: 't-1', route: '/workflows', method: 'GET', status: 200, seconds: 0.02 });
  const text = await observability.scrape();
  expect(text).to.contain('http_requests_total{tenant="t-1",route="/workflows",method="GET",status="200"} 1');
  expect(text).to.not.contain('tenant="t-2"');
  expect(text).to.contain('hive_api_request_duration_seconds_bucket{le="0.025",route="/workflows",method="GET",status="200"} 1');
  expect(text).to.not.contain('hive_api_request_duration_seconds_bucket{le="0.01",route="/workflows",method="GET",status="200"} 1');
});
