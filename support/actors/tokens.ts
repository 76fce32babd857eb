/** What attackers and impatient readers do to tokens. Signing with the platform's own key needs the database: nobody outside can. */
import { generateKeyPair, importJWK, SignJWT, type JWTPayload } from 'jose';
import type { ForgedToken } from '../../fixtures/forged-tokens.ts';
import type { HiveWorld, Person } from '../world.ts';

export const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as JWTPayload & Record<string, unknown>;
const headerOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as { alg: string; kid: string; typ?: string };
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The person's claims with changes, signed by the platform's own key: only time and content can be wrong with it. */
async function signedByPlatform(world: HiveWorld, token: string, change: (claims: JWTPayload) => JWTPayload): Promise<string> {
  const header = headerOf(token);
  const [key] = await world.database.rows('select private_jwk from hive.signing_keys where kid = $1', [header.kid]);
  return new SignJWT(change(claimsOf(token))).setProtectedHeader(header).sign(await importJWK(key!['private_jwk'], header.alg));
}

function flipped(token: string): string {
  const [header, payload, signature] = token.split('.') as [string, string, string];
  const bytes = Buffer.from(signature, 'base64url');
  bytes[10]! ^= 1;
  return `${header}.${payload}.${bytes.toString('base64url')}`;
}

async function signedByAnother(token: string): Promise<string> {
  const header = headerOf(token);
  const { privateKey } = await generateKeyPair(header.alg);
  return new SignJWT(claimsOf(token)).setProtectedHeader(header).sign(privateKey);
}

const past = (claims: JWTPayload) => ({ ...claims, iat: Math.floor(Date.now() / 1_000) - 86_401, exp: Math.floor(Date.now() / 1_000) - 1 });

function withoutTenant({ tenant: _, ...claims }: JWTPayload): JWTPayload {
  return claims;
}

type Maker = (world: HiveWorld, person: Person) => string | Promise<string>;

/** Tokens by what is wrong with them, in the words of the features. */
const makers: Readonly<Record<ForgedToken, Maker>> = {
  "Ada's token with one byte of the signature flipped": (_world, { token }) => flipped(token!),
  "Ada's token with the algorithm none": (_world, { token }) => `${encode({ ...headerOf(token!), alg: 'none' })}.${token!.split('.')[1]}.`,
  "Ada's claims signed with another key": (_world, { token }) => signedByAnother(token!),
  "Ada's token as it will be a second after its end": (world, { token }) => signedByPlatform(world, token!, past),
  "Ada's token with another tenant written into it": (_world, { token }) => {
    const [header, , signature] = token!.split('.');
    return `${header}.${encode({ ...claimsOf(token!), tenant: '00000000-0000-4000-8000-000000000000' })}.${signature}`;
  },
  "Ada's refresh token": (_world, { refreshToken }) => refreshToken!,
  'a token that names no tenant': (world, { token }) => signedByPlatform(world, token!, withoutTenant),
  'a token that is none': () => 'pie',
};

export const forge = async (world: HiveWorld, words: ForgedToken): Promise<string> => makers[words](world, world.person('Ada'));
