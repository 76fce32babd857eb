/**
 * Preloaded into every engine under test (`node --import`); the engine itself contains no word of it.
 *
 * - A control door on loopback: flush spans, write coverage. Scenarios run in several threads, so a door that any
 *   of them can reach serves better than the parent's IPC channel.
 * - A guard on the network: whatever is not loopback is refused, so that no scenario reaches the world.
 * - The engine ends when its runner does: the IPC channel closes also when the runner is killed.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { takeCoverage } from 'node:v8';
import { trace } from '@opentelemetry/api';
import nock from 'nock';

nock.disableNetConnect();
nock.enableNetConnect((host) => /^(127\.\d+\.\d+\.\d+|localhost|\[?::1\]?)(:\d+)?$/.test(host));

interface Flushing {
  forceFlush?(): Promise<void>;
  getDelegate?(): Flushing;
}

async function flushSpans() {
  const provider = trace.getTracerProvider() as Flushing;
  await (provider.getDelegate?.() ?? provider).forceFlush?.();
}

function writeCoverage() {
  if (process.env['NODE_V8_COVERAGE']) takeCoverage();
}

const actions: Record<string, () => void | Promise<void>> = { '/flush-spans': flushSpans, '/write-coverage': writeCoverage };

const door = createServer((request, response) => {
  const action = actions[request.url ?? ''];
  void Promise.resolve(action?.()).then(
    () => response.writeHead(action ? 204 : 404).end(),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
door.listen(0, '127.0.0.1', () => {
  const { port } = door.address() as AddressInfo;
  process.send?.({ type: 'control', url: `http://127.0.0.1:${port}` });
});
door.unref();

process.once('disconnect', () => {
  writeCoverage();
  process.kill(process.pid, 'SIGKILL');
});
process.channel?.unref();
