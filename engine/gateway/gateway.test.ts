/** The stages over real HTTP on a loopback port; rooms are stood in for, Redis is away, so limits count in memory. */
import { after, before, beforeEach, test } from 'node:test';
import { expect } from 'chai';
import { z } from 'zod';
import { createObservability } from '../observability/index.ts';
import { defineError, defineRoute, silentLogger, type Principal, type RequestContext, type Tenant } from '../kernel/index.ts';
import type { Redis } from '../storage/index.ts';
import { createGateway, type Gateway } from './index.ts';
import type { ErrorEnvelope } from './contract.ts';

const tokenMissing = defineError<object>('TOKEN_MISSING', 401, () => 'no token');
const tokenInvalid = defineError<object>('TOKEN_INVALID', 401, () => 'the token is not good');
const tenantMismatch = defineError<object>('TENANT_MISMATCH', 403, () => 'the header and the token disagree');

const tenant: Tenant = { id: 'tenant-1', slug: 'acme', name: 'Acme', status: 'active', schema: 't1', role: 't1', keyPrefix: 't:1:', settings: {} };
const frugal: Tenant = { ...tenant, id: 'tenant-2', slug: 'frugal', settings: { rateLimitPerMinute: 2 } };
const person = (userId: string, roles: string[], permissions: string[], tenantId = tenant.id): Principal => ({
  userId, roles, permissions, tenantId, email: `${userId}@example.org`, sessionId: `session-${userId}`,
});
const people: Record<string, Principal> = {
  ada: person('ada', ['admin'], ['*']),
  dev: person('dev', ['developer'], ['workflows.create', 'notes.write']),
  vic: person('vic', ['viewer'], ['notes.write']),
  nobody: person('nobody', [], []),
  fay: person('fay', ['admin'], ['*'], frugal.id),
};
const authenticate = async (bearer: string): Promise<Principal> => people[bearer] ?? Promise.reject(bearer ? tokenInvalid({}) : tokenMissing({}));

const denials: { action: string; actorId: string | undefined }[] = [];
const handled: { body: unknown; context: RequestContext }[] = [];
const handle = async (input: { body?: unknown }, context: RequestContext) => {
  handled.push({ body: input.body, context });
  return { status: 201, body: { id: 'n-1' } };
};
const answers = { 201: { description: 'Stored', schema: z.object({ id: z.string() }) } };
const note = z.strictObject({ title: z.string().min(3, 'title must be 3-10 characters').max(10), tags: z.array(z.string()).default([]), password: z.string().max(3).optional() });

const routes = [
  defineRoute({ method: 'post', path: '/notes', aliases: ['/api/notes'], operationId: 'createNote', summary: 'Create a note', room: 'notes', access: { permission: 'notes.write' }, body: note, answers, errors: [], handle }),
  defineRoute({ method: 'post', path: '/workflows', operationId: 'createWorkflow', summary: 'Create', room: 'workflows', access: { permission: 'workflows.create' }, body: z.object({ name: z.string() }), answers, errors: [], handle }),
  defineRoute({ method: 'get', path: '/notes/{id}', operationId: 'getNote', summary: 'Read', room: 'notes', access: 'authenticated', params: z.object({ id: z.uuid() }), answers, errors: [], handle }),
  defineRoute({ method: 'get', path: '/notes/special', operationId: 'getSpecial', summary: 'Read', room: 'notes', access: 'authenticated', answers, errors: [], handle }),
  defineRoute({ method: 'get', path: '/broken', operationId: 'getBroken', summary: 'Fail', room: 'notes', access: 'public', answers, errors: [], handle: () => Promise.reject(new Error('a secret connection string')) }),
  defineRoute({ method: 'get', path: '/slow', operationId: 'getSlow', summary: 'Take time', room: 'notes', access: 'public', answers, errors: [], handle: () => slow.then(() => ({ status: 201, body: { id: 'late' } })) }),
];
let finishSlow = () => {};
const slow = new Promise<void>((resolve) => (finishSlow = resolve));

const observability = createObservability({ settings: { HIVE_LOG_LEVEL: 'silent' }, process: 'test' });
/** All that the limiter asks of a connection which is down. */
const away = { status: 'end' } as Redis;
let databaseIsUp = true;
let gateway: Gateway;

before(async () => {
  gateway = createGateway({
    settings: { HIVE_HOST: '127.0.0.1', HIVE_PORT: 0, HIVE_BODY_BYTES: 1_000, HIVE_RATE_WINDOW_SECONDS: 60, HIVE_ADDRESS_LIMIT: 500, HIVE_PERSON_LIMIT: 20 },
    routes, observability, redis: away, log: silentLogger,
    identity: { authenticate, holds: ({ permissions }, permission) => permissions.includes('*') || permissions.includes(permission) },
    tenancy: { resolve: async ({ header, claim }) => (header && header !== claim ? Promise.reject(tenantMismatch({})) : claim === frugal.id ? frugal : tenant) },
    compliance: { securityEvent: async ({ action, actorId }) => void denials.push({ action, actorId }) },
    events: { name: 'events', start: async () => {}, stop: async () => {}, publish: async () => {}, subscribe: async () => async () => {}, onResumed: () => () => {} },
    authoriseTopic: async () => true, snapshotTopic: async () => [],
    openApiInfo: { title: 'Test', version: '1' },
    probes: { postgres: async () => { if (!databaseIsUp) throw new Error('gone'); }, redis: async () => {} },
  });
  await gateway.start();
});
after(() => gateway.stop());
beforeEach(() => void ([denials.length, handled.length] = [0, 0]));

interface Answer { status: number; headers: Headers; body: Partial<ErrorEnvelope> & Record<string, unknown>; text: string }
async function call(method: string, path: string, { token, body, headers = {} }: { token?: string; body?: unknown; headers?: Record<string, string> } = {}): Promise<Answer> {
  const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const given = { ...(body !== undefined && { 'content-type': 'application/json' }), ...(token && { authorization: `Bearer ${token}` }), ...headers };
  const response = await fetch(gateway.url() + path, { method, headers: given, ...sent });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') && text;
  return { status: response.status, headers: response.headers, text, body: (json ? JSON.parse(text) : {}) as Answer['body'] };
}
const code = (answer: Answer) => `${answer.status} ${answer.body.error?.code}`;

test('a request that would fail at several stages is answered by the earliest', async () => {
  expect(code(await call('POST', '/notes', { body: '{broken' }))).to.equal('401 TOKEN_MISSING');
  expect(code(await call('POST', '/notes', { token: 'forged', body: '{broken' }))).to.equal('401 TOKEN_INVALID');
  expect(code(await call('POST', '/notes', { token: 'nobody', body: '{broken', headers: { 'x-tenant-id': 'other' } }))).to.equal('403 TENANT_MISMATCH');
  expect(code(await call('POST', '/notes', { token: 'nobody', body: '{broken' }))).to.equal('403 PERMISSION_MISSING');
  expect(code(await call('POST', '/notes', { token: 'dev', body: '{broken' }))).to.equal('400 MALFORMED_JSON');
  expect(code(await call('POST', '/notes', { token: 'dev', body: {} }))).to.equal('422 REQUEST_INVALID');
  expect(handled).to.have.length(0);
});

test('a denial is stored as a security event', async () => {
  await call('POST', '/notes', { token: 'nobody', body: { title: 'abc' } });
  expect(denials).to.deep.equal([{ action: 'request.denied', actorId: 'nobody' }]);
});

test('what passes reaches the handler with defaults filled in, and who asked', async () => {
  const answer = await call('POST', '/api/notes', { token: 'dev', body: { title: 'abc' }, headers: { 'x-correlation-id': 'import-7', 'x-client-channel': 'cli' } });
  expect(answer.status).to.equal(201);
  expect(answer.body).to.deep.equal({ id: 'n-1' });
  expect(handled[0]?.body).to.deep.equal({ title: 'abc', tags: [] });
  expect(handled[0]?.context).to.include({ correlationId: 'import-7', channel: 'cli', ipAddress: '127.0.0.1' });
  expect(handled[0]?.context.tenant?.id).to.equal(tenant.id);
  expect(answer.headers.get('x-correlation-id')).to.equal('import-7');
  expect(answer.headers.get('x-request-id')).to.match(/^[0-9a-f-]{36}$/);
});

test('all faults are reported together, described but not repeated', async () => {
  const { body, text } = await call('POST', '/notes', { token: 'dev', body: { title: 'ab', tags: [1], password: 'hunter2', extra: true } });
  const faults = body.error?.details['faults'] as { path: string; found: string; expected: string }[];
  expect(faults.map(({ path }) => path).sort()).to.deep.equal(['body.extra', 'body.password', 'body.tags.0', 'body.title']);
  expect(faults.find(({ path }) => path === 'body.title')).to.include({ found: 'text of 2 characters', expected: 'title must be 3-10 characters' });
  expect(text).to.not.contain('hunter2');
});

test('what the stores cannot hold is refused at the door', async () => {
  expect(code(await call('POST', '/notes', { token: 'dev', body: '{"title":"a\\u0000b"}' }))).to.equal('422 REQUEST_INVALID');
  expect(code(await call('POST', '/notes', { token: 'dev', body: '{"title":"ab\\ud800"}' }))).to.equal('422 REQUEST_INVALID');
  expect(code(await call('POST', '/notes', { token: 'dev', body: '['.repeat(400) + ']'.repeat(400) }))).to.equal('422 REQUEST_INVALID');
});

test('bodies of the wrong kind or size have their own answers', async () => {
  expect(code(await call('POST', '/notes', { token: 'dev', body: 'title=abc', headers: { 'content-type': 'text/plain' } }))).to.equal('415 MEDIA_TYPE_UNSUPPORTED');
  expect(code(await call('POST', '/notes', { token: 'dev', body: { title: 'x'.repeat(2_000) } }))).to.equal('413 BODY_TOO_LARGE');
  expect(code(await call('POST', '/notes', { token: 'dev', body: '{}', headers: { 'content-encoding': 'zip' } }))).to.equal('415 MEDIA_TYPE_UNSUPPORTED');
});

test('unknown paths, wrong methods and undecodable paths speak the same envelope', async () => {
  const unknown = await call('GET', '/nowhere');
  expect(code(unknown)).to.equal('404 ROUTE_UNKNOWN');
  expect(unknown.body.error).to.include({ request_id: unknown.headers.get('x-request-id'), retryable: false });
  const wrong = await call('DELETE', '/notes', { token: 'dev' });
  expect(code(wrong)).to.equal('405 METHOD_NOT_ALLOWED');
  expect(wrong.headers.get('allow')).to.equal('POST, OPTIONS');
  expect((await call('OPTIONS', '/notes')).status).to.equal(204);
  expect((await call('HEAD', '/health/live')).status).to.equal(200);
  expect(code(await call('GET', '/notes/%E0%A4%A'))).to.equal('400 MALFORMED_PATH');
  expect(code(await call('GET', '/notes/not-a-uuid', { token: 'dev' }))).to.equal('422 REQUEST_INVALID');
  expect((await call('GET', '/notes/special', { token: 'dev' })).status).to.equal(201);
});

test('what nobody foresaw is a 500 that shows nothing of its cause', async () => {
  const answer = await call('GET', '/broken');
  expect(code(answer)).to.equal('500 INTERNAL_ERROR');
  expect(answer.text).to.not.contain('secret');
});

test('quotas are per endpoint, role and person; zero is a denial that costs nothing', async () => {
  const create = (token: string) => call('POST', '/workflows', { token, body: { name: 'w' } });
  for (let number = 1; number <= 50; number += 1) expect((await create('dev')).status).to.equal(201);
  const beyond = await create('dev');
  expect(code(beyond)).to.equal('429 RATE_LIMITED');
  expect(Number(beyond.headers.get('retry-after'))).to.be.within(1, 60);
  expect(beyond.headers.get('ratelimit-limit')).to.equal('50');
  expect((await call('POST', '/notes', { token: 'dev', body: { title: 'abc' } })).status).to.equal(201);
  expect((await create('ada')).status).to.equal(201);
  const viewer = await create('vic');
  expect(code(viewer)).to.equal('403 ROLE_NOT_ADMITTED');
  expect(viewer.headers.get('ratelimit-limit')).to.equal(null);
  expect(denials).to.deep.equal([{ action: 'request.denied', actorId: 'vic' }]);
});

test("a tenant's own limit holds for that tenant only", async () => {
  const statuses = async (token: string) => [1, 2, 3].reduce(async (before, _) => [...(await before), (await call('GET', '/notes/special', { token })).status], Promise.resolve<number[]>([]));
  expect(await statuses('fay')).to.deep.equal([201, 201, 429]);
  expect(await statuses('ada')).to.deep.equal([201, 201, 201]);
});

test('a forwarded address is believed when it is one', async () => {
  const addressFor = async (forwarded: string) => {
    handled.length = 0;
    await call('POST', '/notes', { token: 'ada', body: { title: 'pies' }, headers: { 'x-forwarded-for': forwarded } });
    return handled[0]?.context.ipAddress;
  };
  expect(await addressFor('203.0.113.7')).to.equal('203.0.113.7');
  expect(await addressFor('<script>alert(1)</script>')).to.equal('127.0.0.1');
  expect(await addressFor('9'.repeat(4_000))).to.equal('127.0.0.1');
});

test('readiness runs the probes and names what is down', async () => {
  expect((await call('GET', '/health/ready')).status).to.equal(200);
  databaseIsUp = false;
  const answer = await call('GET', '/health/ready');
  expect(code(answer)).to.equal('503 NOT_READY');
  expect(answer.body.error?.details['down']).to.deep.equal(['postgres']);
  databaseIsUp = true;
});

test('metrics count by tenant, and refusals by reason', async () => {
  await call('GET', '/notes/special');
  const { text } = await call('GET', '/metrics');
  expect(text).to.match(/http_requests_total\{tenant="tenant-1",route="\/notes",method="POST",status="201"\} \d/);
  expect(text).to.match(/hive_gateway_refusals_total\{reason="unauthenticated"\} \d/);
});

test('stopping lets a request under way end, and takes no new one', async () => {
  const underWay = call('GET', '/slow');
  await call('GET', '/health/live');
  const address = gateway.url();
  const stopped = gateway.stop();
  finishSlow();
  expect((await underWay).body).to.deep.equal({ id: 'late' });
  await stopped;
  await gateway.stop();
  const refused = await fetch(address).then(() => false, () => true);
  expect(refused).to.equal(true);
});
