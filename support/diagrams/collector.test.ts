import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { startCollector, type Collector } from './collector.ts';
import { spansFromJson, spansToJson, type RecordedSpan } from './spans.ts';
import { collectorAt } from './trace-reader.ts';

const TRACE = 'a'.repeat(32);

function exported(spanId: string, parentSpanId: string | undefined, process = 'one') {
  const span = { traceId: TRACE, spanId, parentSpanId, name: `span ${spanId}`, startTimeUnixNano: '1700000000000000001', endTimeUnixNano: '1700000000000000002', status: { code: 2 } };
  const attributes = [{ key: 'hive.start', value: { intValue: '7' } }, { key: 'hive.from', value: { stringValue: 'a' } }, { key: 'hive.ok', value: { boolValue: true } }];
  return { resourceSpans: [{ resource: { attributes: [{ key: 'service.instance.id', value: { stringValue: process } }] }, scopeSpans: [{ spans: [{ ...span, attributes }] }] }] };
}

async function withCollector(test: (collector: Collector) => Promise<void>) {
  const collector = await startCollector();
  try {
    await test(collector);
  } finally {
    await collector.stop();
  }
}

const send = (collector: Collector, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  fetch(`${collector.url}/v1/traces`, { method: 'POST', body, headers });
const sendSpan = (collector: Collector, ...span: Parameters<typeof exported>) => send(collector, JSON.stringify(exported(...span)));
const noFlush = async () => undefined;

describe('the collector', () => {
  it('keeps what arrives, plain or compressed, once', () =>
    withCollector(async (collector) => {
      await sendSpan(collector, 'one', undefined);
      await sendSpan(collector, 'one', undefined);
      const answer = await send(collector, gzipSync(JSON.stringify(exported('two', 'one', 'other'))), { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      expect(answer.status).to.equal(200);
      const spans = await collectorAt(collector.url).trace(TRACE);
      expect(spans.map(({ spanId, parentSpanId, process }) => [spanId, parentSpanId, process])).to.deep.equal([['one', undefined, 'one'], ['two', 'one', 'other']]);
      expect(spans[0]).to.deep.include({ startNano: 1700000000000000001n, failed: true, attributes: { 'hive.start': 7, 'hive.from': 'a', 'hive.ok': true } });
    }));

  it('refuses what it cannot read, and says what it expects', () =>
    withCollector(async (collector) => {
      expect((await send(collector, 'x', { 'content-type': 'application/x-protobuf' })).status).to.equal(415);
      const answer = await send(collector, '{');
      expect([answer.status, await answer.text()].join(' ')).to.match(/^400 .*not OTLP JSON/);
    }));

  it('has a complete trace when the last parent has arrived, however late', () =>
    withCollector(async (collector) => {
      await sendSpan(collector, 'child', 'parent');
      let flushes = 0;
      const complete = collector.complete(TRACE, {
        clientSpan: 'client',
        flush: async () => {
          flushes += 1;
          if (flushes === 2) await sendSpan(collector, 'parent', 'client');
          return { open: flushes < 4 ? 1 : 0 };
        },
      });
      expect((await complete).map(({ spanId }) => spanId)).to.deep.equal(['child', 'parent']);
      expect(flushes, 'it was not over while a span was open').to.equal(4);
    }));

  it('says at the deadline what is missing', () =>
    withCollector(async (collector) => {
      const failure = (options: object) => collector.complete(TRACE, { flush: noFlush, withinMs: 30, ...options }).catch((error: Error) => error.message);
      expect(await failure({})).to.match(/no span of this trace arrived/);
      await sendSpan(collector, 'child', 'parent');
      expect(await failure({})).to.match(/did not arrive: parent, the parent of "span child" \(one\)/);
      expect(await failure({ clientSpan: 'parent', until: () => false })).to.match(/condition of `until` does not hold; seen: span child/);
      expect(await collector.complete(TRACE, { flush: noFlush, clientSpan: 'parent' })).to.have.length(1);
    }));

  it('gives spans that survive a file', () => {
    const span: RecordedSpan = { traceId: TRACE, spanId: 'a', parentSpanId: undefined, name: 'n', process: 'p', startNano: 1n, endNano: 2n, attributes: { 'hive.from': 'x' }, failed: false };
    expect(spansFromJson(spansToJson([span], 2))).to.deep.equal([span]);
  });
});
