/**
 * A web service of somebody else, as a separate process: what workflows call over HTTP. A scenario scripts its
 * answers from outside and reads what really arrived from its request log.
 *
 *   POST /__script   {path, answers: [{status, body, headers, hold}]}   the last answer repeats
 *   POST /__release  {path, answer}                                     lets held requests go on, with that answer if given
 *   GET  /__requests ?path=                                             what arrived, in order
 *
 * An answer with `hold` waits for `/__release`: a run can be stopped exactly in the middle of a step.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Answer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  hold?: boolean;
}
interface Arrived {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingMessage['headers'];
  body: string;
  at: number;
}

const scripts = new Map<string, Answer[]>();
const held = new Map<string, ((answer: Answer | undefined) => void)[]>();
const released = new Set<string>();
const arrived: Arrived[] = [];

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function reply(response: ServerResponse, { status = 200, body = {}, headers = {} }: Answer) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json', ...headers }).end(text);
}

const controls: Record<string, (body: string, query: URLSearchParams) => unknown> = {
  '/__script': (body) => {
    const { path, answers } = JSON.parse(body) as { path: string; answers: Answer[] };
    scripts.set(path, answers);
    return {};
  },
  '/__release': (body) => {
    const { path, answer } = JSON.parse(body) as { path: string; answer?: Answer };
    released.add(path);
    for (const go of held.get(path) ?? []) go(answer);
    held.delete(path);
    return {};
  },
  '/__requests': (_body, query) => arrived.filter((request) => request.path === query.get('path')),
};

function nextAnswer(path: string): Answer {
  const answers = scripts.get(path) ?? [{ status: 404, body: { error: `nothing is scripted for ${path}` } }];
  return answers.length > 1 ? answers.shift()! : answers[0]!;
}

const letGo = (path: string) => new Promise<Answer | undefined>((go) => held.set(path, [...(held.get(path) ?? []), go]));

const server = createServer((request, response) => {
  void (async () => {
    const url = new URL(request.url ?? '/', 'http://web-service');
    const body = await textOf(request);
    const control = controls[url.pathname];
    if (control) return reply(response, { body: control(body, url.searchParams) });
    const { pathname: path } = url;
    arrived.push({ method: request.method ?? '', path, query: Object.fromEntries(url.searchParams), headers: request.headers, body, at: Date.now() });
    const answer = nextAnswer(path);
    const instead = answer.hold && !released.has(path) ? await letGo(path) : undefined;
    reply(response, instead ?? answer);
  })();
});
server.listen(Number(process.env['WEB_SERVICE_PORT'] ?? 0), '127.0.0.1', () => {
  process.send?.({ type: 'listening', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.once('disconnect', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
