import { describe, it } from 'node:test';
import { expect } from 'chai';
import { SignJWT, UnsecuredJWT, exportSPKI, generateKeyPair, type CryptoKey } from 'jose';
import { systemClock, type Clock } from '../kernel/index.ts';
import { ALGORITHM, createTokens } from './tokens.ts';

const session = {
  sub: '7a0f9a34-58ef-4b0a-8f0c-6a3f2f7f1c55', jti: '0f6f2f9e-3d1c-4a64-9b51-3c3f7f0f4f11', tenant: '2b6c1d5e-6a0f-4a3e-8f61-0f3a7f2f9c10',
  roles: ['developer'], permissions: ['workflows.*'],
};
const ours = await generateKeyPair(ALGORITHM, { extractable: true });
const theirs = await generateKeyPair(ALGORITHM);
const start = Date.parse('2026-11-21T09:30:00Z');

function tokensAt(now: () => number, { privateKey = ours.privateKey as CryptoKey, issuer = 'hive' } = {}) {
  const clock: Clock = { ...systemClock, now };
  const keys = {
    current: async () => ({ kid: 'ours', privateKey }),
    publicKey: async (kid: string) => (kid === 'ours' ? (ours.publicKey as CryptoKey) : undefined),
  };
  return createTokens({ keys, issuer, lifeSeconds: 86_400, clock });
}

const tokens = tokensAt(() => start);
const codeOf = (verified: Promise<unknown>) => verified.then(() => 'accepted', (error: { code?: string; message: string }) => error.code ?? error.message);
const decoded = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Record<string, unknown>;
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function flippedSignature(token: string) {
  const [header, payload, signature] = token.split('.');
  const bytes = Buffer.from(signature ?? '', 'base64url');
  bytes[10] = (bytes[10] ?? 0) ^ 1;
  return [header, payload, bytes.toString('base64url')].join('.');
}

/** A token like ours in all but what `change` does to it. */
const signed = (header: object, claims: object, key: CryptoKey = ours.privateKey as CryptoKey) =>
  new SignJWT({ ...session, iss: 'hive', aud: 'hive', iat: start / 1000, exp: start / 1000 + 60, ...claims })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt', kid: 'ours', ...header }).sign(key);

describe('an access token', () => {
  it('has the documented claims and lives 86400 seconds', async () => {
    const payload = decoded((await tokens.issue(session)).split('.')[1]);
    expect(payload).to.have.all.keys('sub', 'iat', 'exp', 'roles', 'permissions', 'tenant', 'jti', 'iss', 'aud');
    expect((payload['exp'] as number) - (payload['iat'] as number)).to.equal(86_400);
  });

  it('is accepted until its last second and refused as expired after it', async () => {
    let now = start;
    const aging = tokensAt(() => now);
    const token = await aging.issue(session);
    now = start + 86_399_000;
    expect((await aging.verify(token)).sub).to.equal(session.sub);
    now = start + 86_400_000;
    expect(await codeOf(aging.verify(token))).to.equal('TOKEN_EXPIRED');
  });
});

describe('a forged token is refused', () => {
  const forgeries: Record<string, () => Promise<string> | string> = {
    'with a flipped signature byte': async () => flippedSignature(await tokens.issue(session)),
    'with another tenant': async () => {
      const [header, payload, signature] = (await tokens.issue(session)).split('.');
      return [header, encoded({ ...decoded(payload), tenant: session.sub }), signature].join('.');
    },
    'with alg none': () => new UnsecuredJWT({ ...session, iss: 'hive', aud: 'hive', exp: start / 1000 + 60 }).encode(),
    'signed with another key': () => tokensAt(() => start, { privateKey: theirs.privateKey as CryptoKey }).issue(session),
    'signed with our public key as a shared secret': async () =>
      new SignJWT({ ...session, iss: 'hive', aud: 'hive' }).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'ours' })
        .setExpirationTime(start / 1000 + 60).sign(new TextEncoder().encode(await exportSPKI(ours.publicKey))),
    'with a key that is not ours': () => signed({ kid: 'theirs' }, {}, theirs.privateKey as CryptoKey),
    'without a key id': () => signed({ kid: undefined }, {}),
    'of another type': () => signed({ typ: 'JWT' }, {}),
    'of another issuer': () => signed({}, { iss: 'elsewhere' }),
    'for another audience': () => signed({}, { aud: 'elsewhere' }),
    'without an end': () => signed({}, { exp: undefined }),
    'before its time': () => signed({}, { nbf: start / 1000 + 30 }),
    'without a session': () => signed({}, { jti: undefined }),
    'that is no token': () => 'a.b.c',
    'that is empty': () => '',
  };
  for (const [name, forge] of Object.entries(forgeries))
    it(name, async () => void expect(await codeOf(tokens.verify(await forge()))).to.equal('TOKEN_INVALID'));

  it('whose last letter was changed, although it stands for the same signature', async () => {
    const token = await tokens.issue(session);
    const twin = token.slice(0, -1) + 'BRhx'[['A', 'Q', 'g', 'w'].indexOf(token.at(-1) ?? '')];
    expect(Buffer.from(twin.split('.')[2] ?? '', 'base64url')).to.deep.equal(Buffer.from(token.split('.')[2] ?? '', 'base64url'));
    expect(await codeOf(tokens.verify(twin))).to.equal('TOKEN_INVALID');
  });

  it('but one made like these without a change is accepted', async () => void expect(await codeOf(tokens.verify(await signed({}, {})))).to.equal('accepted'));
});

it('a store of keys that fails is not taken for a forgery', async () => {
  const failing = createTokens({
    keys: { current: async () => ({ kid: 'ours', privateKey: ours.privateKey as CryptoKey }), publicKey: async () => { throw new Error('store is away'); } },
    issuer: 'hive', lifeSeconds: 60, clock: { ...systemClock, now: () => start },
  });
  expect(await codeOf(failing.verify(await tokens.issue(session)))).to.equal('store is away');
});
