/** Proving who one is, and what one may do. */
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { ForgedToken } from '../fixtures/forged-tokens.ts';
import { Redis } from 'ioredis';
import { told, type Answer } from '../support/actors/api-client.ts';
import { joins } from '../support/actors/customer.ts';
import { claimsOf, forge } from '../support/actors/tokens.ts';
import type { HiveWorld } from '../support/world.ts';

const WRONG = 'not-the-password-at-all';
const list = (text: string, nothing: string) => (text === nothing ? [] : text.split(', '));

async function logIn(world: HiveWorld, name: string, password?: string, engine = 0): Promise<Answer> {
  const { email, password: right, tenant } = world.person(name);
  return world.ask(undefined, { method: 'POST', path: '/auth/login', body: { email, password: password ?? right, tenant: world.tenantNamed(tenant).slug }, engine });
}

function takeTokens(world: HiveWorld, name: string, { body }: Answer) {
  Object.assign(world.person(name), { token: body.access_token, refreshToken: body.refresh_token });
}

/** The status of asking for one's own profile on each engine. */
async function profileOnEveryEngine(world: HiveWorld, token: string): Promise<number[]> {
  const answers = await Promise.all(world.engineUrls.map((_url, engine) => world.ask(undefined, { path: '/auth/me', token, engine })));
  world.unseenFailure = undefined;
  return answers.map((answer) => answer.status);
}

async function inRedis<T>(world: HiveWorld, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(world.platform.redisUrl);
  return work(redis).finally(() => redis.disconnect());
}
const sessionKey = (world: HiveWorld, name: string) => `t:${world.tenantNamed(world.person(name).tenant).id}:session:${claimsOf(world.person(name).token!).jti}`;

async function refresh(world: HiveWorld, name: string, refreshToken = world.person(name).refreshToken) {
  return world.ask(undefined, { method: 'POST', path: '/auth/refresh', body: { refresh_token: refreshToken } });
}

Given('{person} is a developer of {tenant} with the same password as {person}', async function (this: HiveWorld, person: string, tenant: string, same: string) {
  await joins(this, person, tenant, { roles: ['developer'], password: this.person(same).password });
});

Given('{person} has the roles {} at {tenant}', async function (this: HiveWorld, person: string, roles: string, tenant: string) {
  await joins(this, person, tenant, { roles: list(roles, 'no role') });
});

Given('{person} has the roles {} at {tenant} and the direct grant {string}', async function (this: HiveWorld, person: string, roles: string, tenant: string, grant: string) {
  await joins(this, person, tenant, { roles: list(roles, 'no role') });
  await this.database.rows('insert into hive.user_permissions (tenant_id, user_id, permission) values ($1, $2, $3)', [this.tenantNamed(tenant).id, this.person(person).userId, grant]);
});

Given('{person} refreshed her tokens', async function (this: HiveWorld, person: string) {
  this.notes.set('old refresh token', this.person(person).refreshToken);
  takeTokens(this, person, await refresh(this, person));
});

Given('{person} logged out', async function (this: HiveWorld, person: string) {
  await this.arrange(person, { method: 'POST', path: '/auth/logout' });
});

When(/^(\w+) logs in with (?:her|his) password$/, async function (this: HiveWorld, person: string) {
  const answer = await logIn(this, person);
  this.notes.set('trace', answer.traceId);
  if (answer.status === 200) takeTokens(this, person, answer);
});

When('a stranger tries a wrong password for {person}, and any password for an address that nobody has', async function (this: HiveWorld, person: string) {
  const tenant = this.tenantNamed(this.person(person).tenant).slug;
  const timed = async (email: string) => {
    const startedAt = performance.now();
    const answer = await this.ask(undefined, { method: 'POST', path: '/auth/login', body: { email, password: WRONG, tenant } });
    return { answer, milliseconds: performance.now() - startedAt };
  };
  this.notes.set('guesses', [await timed(this.person(person).email), await timed(`nobody-${this.mark}@acme.example`)]);
});

When('a stranger tries {int} wrong passwords for {person}', async function (this: HiveWorld, times: number, person: string) {
  for (let guess = 0; guess < times; guess += 1) await logIn(this, person, WRONG);
});

When('{person} refreshes her tokens', async function (this: HiveWorld, person: string) {
  this.notes.set('old refresh token', this.person(person).refreshToken);
  const answer = await refresh(this, person);
  if (answer.status === 200) takeTokens(this, person, answer);
});

When('somebody uses the old refresh token again', async function (this: HiveWorld) {
  await refresh(this, 'Ada', this.notes.get('old refresh token') as string);
});

When('{person} logs out', async function (this: HiveWorld, person: string) {
  await this.ask(person, { method: 'POST', path: '/auth/logout' });
});

When('the sessions of {tenant} are lost from Redis', async function (this: HiveWorld, tenant: string) {
  const lost = await inRedis(this, async (redis) => {
    const keys = await redis.keys(`t:${this.tenantNamed(tenant).id}:session:*`);
    return keys.length ? redis.del(...keys) : 0;
  });
  expect(lost, 'sessions lost').to.be.greaterThan(0);
});

When('somebody uses {token}', async function (this: HiveWorld, words: ForgedToken) {
  await this.ask(undefined, { path: '/auth/me', token: await forge(this, words) });
});

When('somebody executes {workflow} with {token}', async function (this: HiveWorld, workflow: string, words: ForgedToken) {
  const token = await forge(this, words);
  await this.ask(undefined, { method: 'POST', path: `/workflows/${this.workflow(workflow).id}/execute`, body: {}, token });
});

When('{person} makes {person} a viewer and {person} executes {workflow} with his old token', async function (this: HiveWorld, administrator: string, person: string, _same: string, workflow: string) {
  await this.arrange(administrator, { method: 'PUT', path: `/auth/users/${this.person(person).userId}/roles`, body: { roles: ['viewer'] } });
  await this.ask(person, { method: 'POST', path: `/workflows/${this.workflow(workflow).id}/execute`, body: {} });
});

Then('she holds an access token and a refresh token', function (this: HiveWorld) {
  expect(this.answer.body).to.include({ token_type: 'Bearer', expires_in: 86_400 });
  expect(this.answer.body.access_token.split('.')).to.have.length(3);
  expect(this.answer.body.refresh_token).to.be.a('string').and.not.equal(this.answer.body.access_token);
});

Then('her session is kept in Redis and expires there', async function (this: HiveWorld) {
  const seconds = await inRedis(this, (redis) => redis.ttl(sessionKey(this, 'Ada')));
  expect(seconds, 'seconds until the session key expires').to.be.within(86_000, 30 * 86_400);
});

Then('her session is no longer kept in Redis', async function (this: HiveWorld) {
  expect(await inRedis(this, (redis) => redis.exists(sessionKey(this, 'Ada')))).to.equal(0);
});

Then(/^(?:(?:her|his)|(\w+)'s)(?: new)? access token works on every engine$/, async function (this: HiveWorld, person: string | null) {
  expect(await profileOnEveryEngine(this, this.person(person ?? 'Ada').token!)).to.deep.equal(this.engineUrls.map(() => 200));
});

Then(/^(?:(?:her|his)|(\w+)'s)(?: new)? access token is refused on every engine$/, async function (this: HiveWorld, person: string | null) {
  expect(await profileOnEveryEngine(this, this.person(person ?? 'Ada').token!)).to.deep.equal(this.engineUrls.map(() => 401));
});

Then('both are answered {int} with the same words', function (this: HiveWorld, status: number) {
  const [known, unknown] = (this.notes.get('guesses') as { answer: Answer }[]).map(({ answer }) => answer);
  this.unseenFailure = undefined;
  expect([known!.status, unknown!.status]).to.deep.equal([status, status]);
  const words = ({ body: { error } }: Answer) => ({ ...error, request_id: '', correlation_id: '' });
  expect(words(unknown!)).to.deep.equal(words(known!));
});

Then('neither answer came much sooner than the other', function (this: HiveWorld) {
  const [known, unknown] = (this.notes.get('guesses') as { milliseconds: number }[]).map(({ milliseconds }) => milliseconds);
  // The same class of time: the missing hash of an unknown address would show as a factor of ten and more.
  expect(Math.max(known!, unknown!) / Math.min(known!, unknown!)).to.be.lessThan(10);
});

Then('the answer says when to try again', function (this: HiveWorld) {
  expect(Number(this.answer.headers.get('retry-after')), 'Retry-After in seconds').to.be.within(1, 3_600);
});

Then("{person}'s right password is refused meanwhile on every engine", async function (this: HiveWorld, person: string) {
  const answers = await Promise.all(this.engineUrls.map((_url, engine) => logIn(this, person, undefined, engine)));
  this.unseenFailure = undefined;
  expect(answers.map((answer) => answer.status), answers.map(told).join('\n')).to.deep.equal(this.engineUrls.map(() => 429));
});

Then('the used refresh token is refused', async function (this: HiveWorld) {
  const answer = await refresh(this, 'Ada', this.notes.get('old refresh token') as string);
  this.unseenFailure = undefined;
  expect(answer.status, told(answer)).to.equal(401);
});

Then("what is stored of {person}'s password is a slow, salted hash", async function (this: HiveWorld, person: string) {
  const [row] = await this.database.rows('select password_hash from hive.users where id = $1', [this.person(person).userId]);
  this.notes.set('hash', row!['password_hash']);
  expect(row!['password_hash']).to.match(/^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]{16,}\$[A-Za-z0-9+/]{40,}$/);
});

Then("it differs from what is stored of {person}'s", async function (this: HiveWorld, person: string) {
  const [row] = await this.database.rows('select password_hash from hive.users where id = $1', [this.person(person).userId]);
  this.notes.set('other hash', row!['password_hash']);
  expect(row!['password_hash']).to.be.a('string').and.not.equal(this.notes.get('hash'));
});

Then('neither holds the password', function (this: HiveWorld) {
  for (const hash of [this.notes.get('hash'), this.notes.get('other hash')]) {
    expect(hash).to.not.contain(this.person('Ada').password);
    expect(hash).to.not.contain(Buffer.from(this.person('Ada').password).toString('base64').replace(/=+$/, ''));
  }
});

Then('her access token has the claims sub, iat, exp, roles, permissions and tenant', function (this: HiveWorld) {
  expect(claimsOf(this.person('Ada').token!)).to.include.all.keys('sub', 'iat', 'exp', 'roles', 'permissions', 'tenant');
});

Then('no claims beyond these but the standard jti, iss and aud', function (this: HiveWorld) {
  const standard = new Set(['sub', 'iat', 'exp', 'roles', 'permissions', 'tenant', 'jti', 'iss', 'aud']);
  expect(Object.keys(claimsOf(this.person('Ada').token!)).filter((claim) => !standard.has(claim))).to.deep.equal([]);
});

Then('it lives for {int} seconds', function (this: HiveWorld, seconds: number) {
  const { iat, exp } = claimsOf(this.person('Ada').token!);
  expect(exp! - iat!).to.equal(seconds);
});

Then('it names {person} as its subject and {tenant} as its tenant', function (this: HiveWorld, person: string, tenant: string) {
  expect(claimsOf(this.person(person).token!)).to.include({ sub: this.person(person).userId, tenant: this.tenantNamed(tenant).id });
});

Then("his token's permissions are exactly {}", function (this: HiveWorld, permissions: string) {
  expect(claimsOf(this.person('Dario').token!)['permissions']).to.have.members(list(permissions, 'nothing')).and.have.length(list(permissions, 'nothing').length);
});

