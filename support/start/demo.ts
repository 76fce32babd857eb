/**
 * A tenant, a person and a workflow to begin with, made as any customer would make them: through the public API.
 * What was made is noted in the clone's own folder, so that a second start signs in again instead.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Noted {
  readonly slug: string;
  readonly email: string;
  /** Random, one a clone: a password that everybody knows would be a door in an engine that listens to the network. */
  readonly password: string;
  readonly workflowId?: string;
}

export interface Demo extends Noted {
  readonly token: string;
  readonly workflowId: string;
}

const WORKFLOW = join(import.meta.dirname, '..', '..', 'fixtures', 'workflows', 'order-intake.json');
const INPUT = { customer: 'Ada', pies: 3, price: 4.5 };

export async function demoOn(engineUrl: string, noteFile: string): Promise<Demo> {
  const call = caller(engineUrl);
  const known = noted(noteFile);
  const token = known && (await signIn(call, known));
  const person = token ? known : await found(call);
  const bearer = token ?? (await signIn(call, person));
  if (!bearer) throw new Error(`the demo tenant ${person.slug} was founded, but ${person.email} cannot sign in`);
  const workflowId = (await stillThere(call, bearer, person.workflowId)) ?? (await createWorkflow(call, bearer));
  const { slug, email, password } = person;
  writeFileSync(noteFile, `${JSON.stringify({ slug, email, password, workflowId }, null, 2)}\n`, { mode: 0o600 });
  return { slug, email, password, workflowId, token: bearer };
}

/** One line for a shell, complete as it is. */
export function firstCall(engineUrl: string, { workflowId, token }: Demo): string {
  return `curl -s ${engineUrl}/workflows/${workflowId}/execute -H 'content-type: application/json' -H 'authorization: Bearer ${token}' -d '${JSON.stringify({ input: INPUT })}'`;
}

interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  readonly token?: string;
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

type Call = (request: Request) => Promise<Answer>;

function caller(engineUrl: string): Call {
  return async ({ method, path, body, token }) => {
    const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const response = await fetch(`${engineUrl}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };
}

const unexpected = (what: string, { status, body }: Answer) => new Error(`${what} failed: the engine answered ${status} ${JSON.stringify(body)}`);

function noted(file: string): Noted | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Noted;
  } catch {
    return undefined;
  }
}

/** Undefined when the engine does not know these credentials, as with a new database. */
async function signIn(call: Call, { email, password, slug }: Noted): Promise<string | undefined> {
  const answer = await call({ method: 'POST', path: '/auth/login', body: { email, password, tenant: slug } });
  if (answer.status === 401) return undefined;
  if (answer.status !== 200) throw unexpected('signing in', answer);
  return answer.body.access_token as string;
}

/** `demo`, or, where another clone founded that on the same stores, one with a name of its own. */
async function found(call: Call): Promise<Noted> {
  const password = randomBytes(12).toString('base64url');
  let answer: Answer | undefined;
  for (const slug of ['demo', `demo-${randomBytes(3).toString('hex')}`]) {
    const email = `ada@${slug}.example`;
    answer = await call({ method: 'POST', path: '/auth/register', body: { tenant: { name: 'Demo', slug }, email, password, name: 'Ada Lovelace' } });
    if (answer.status === 201) return { slug, email, password };
    if (answer.status !== 409) break;
  }
  throw unexpected('founding the demo tenant', answer!);
}

async function stillThere(call: Call, token: string, workflowId: string | undefined): Promise<string | undefined> {
  if (!workflowId) return undefined;
  const { status } = await call({ method: 'GET', path: `/workflows/${workflowId}`, token });
  return status === 200 ? workflowId : undefined;
}

async function createWorkflow(call: Call, token: string): Promise<string> {
  const n8n = JSON.parse(readFileSync(WORKFLOW, 'utf8')) as { name: string };
  const answer = await call({ method: 'POST', path: '/workflows', token, body: { name: n8n.name, n8n_data: n8n } });
  if (answer.status !== 201) throw unexpected('storing the demo workflow', answer);
  return answer.body.id as string;
}
