import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { expect } from 'chai';
import { probe } from './probe.ts';

type Answers = Record<string, (response: ServerResponse, request: IncomingMessage) => void>;

const json = (body: unknown) => (response: ServerResponse) => void response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
const healthy: Answers = {
  '/api/tags': json({ models: [{ name: 'llama3.1:8b' }] }),
  '/api/ps': json({ models: [] }),
  '/health': json({ status: 'idle', cpu_usage: 12, gpu_usage: 3, active_tasks: 0 }),
};

async function probed(answers: Answers, rest: { model?: string; maxResponseTime?: number } = {}) {
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    if (answer) answer(response, request);
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const agent = { agentId: 'acacia', endpoint, model: rest.model ?? 'llama3.1:8b', maxResponseTime: rest.maxResponseTime };
    return await probe(agent, { timeoutMs: 2_000, now: () => 1_763_700_000_000, signal: new AbortController().signal });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('a health check', () => {
  it('records what the agent says of its load, at the moment of the injected clock', async () => {
    const { status, check } = await probed(healthy);
    expect(status).to.equal('idle');
    expect(check).to.deep.include({ available: true, error_message: null, cpu_usage: 12, gpu_usage: 3, timestamp: '2025-11-21T04:40:00.000Z' });
  });

  it('measures the round trip itself', async () => {
    const { check } = await probed({ ...healthy, '/api/tags': (response) => void setTimeout(() => healthy['/api/tags']?.(response, response.req), 120) });
    expect(check.response_time).to.be.within(0.119, 1.5);
  });

  it('finds it busy while it works, degraded without its model or above its promised time', async () => {
    expect((await probed({ ...healthy, '/health': json({ active_tasks: 2 }) })).status).to.equal('busy');
    expect((await probed(healthy, { model: 'qwen3:14b' })).status).to.equal('degraded');
    expect((await probed(healthy, { maxResponseTime: 0.000_001 })).status).to.equal('degraded');
  });

  it('takes a bare Ollama, which says nothing of its load', async () => {
    const { '/health': _, ...bare } = healthy;
    const { status, check } = await probed(bare);
    expect([status, check.available, check.gpu_usage]).to.deep.equal(['idle', true, null]);
  });

  it('finds offline, with the reason, what refuses, fails, redirects or talks nonsense', async () => {
    const gone = await probe({ agentId: 'acacia', endpoint: 'http://127.0.0.1:1', model: null, maxResponseTime: undefined }, { timeoutMs: 2_000, now: Date.now, signal: new AbortController().signal });
    const failing = await probed({ ...healthy, '/api/ps': (response) => void response.writeHead(500).end() });
    const moved = await probed({ ...healthy, '/moved': healthy['/api/tags']!, '/api/tags': (response) => void response.writeHead(302, { location: '/moved' }).end() });
    const nonsense = await probed({ ...healthy, '/api/tags': json({ models: 'all of them' }) });
    const flood = await probed({ ...healthy, '/api/tags': json({ models: [], pad: 'x'.repeat(1_100_000) }) });
    for (const { status, check } of [gone, failing, moved, nonsense, flood]) {
      expect([status, check.available]).to.deep.equal(['offline', false]);
      expect(check.error_message).to.be.a('string').and.not.equal('');
    }
    expect(failing.check.error_message).to.equal('/api/ps answered 500');
  });
});
