/** A change of a workflow in which chosen things are wrong: to see which of them is told. */
import { randomUUID } from 'node:crypto';
import { fixtureWorkflow } from '../fixture-workflow.ts';
import type { HiveWorld } from '../world.ts';
import type { Answer } from './api-client.ts';

interface Change {
  /** Undefined: nobody says who they are. */
  person: string | undefined;
  token?: string;
  id: string;
  body: unknown;
  readonly headers: Record<string, string>;
  budgetSpent: boolean;
}

type Fault = (change: Change, world: HiveWorld) => void;

const faults: Readonly<Record<string, Fault>> = {
  'nothing else': () => undefined,
  'no token': (change) => void (change.person = undefined),
  'a token of nobody': (change) => void (change.token = 'pie.pie.pie'),
  'a tenant that nobody knows': ({ headers }, { mark }) => void (headers['x-tenant-id'] = `nobody-${mark}`),
  'the name of another tenant': ({ headers }, world) => void (headers['x-tenant-id'] = world.tenantNamed('Globex').slug),
  'a missing permission': (change) => void (change.person = 'Vera'),
  'a spent budget': (change) => void (change.budgetSpent = true),
  'a body that is not JSON': (change) => void (change.body = '{"pie": '),
  'a body of plain text': ({ headers }) => void (headers['content-type'] = 'text/plain'),
  'a body without its fields': (change) => void (change.body = {}),
  'an id that is none': (change) => void (change.id = 'pie'),
  'an id that nobody has': (change) => void (change.id = randomUUID()),
};

const MOST_TRIES = 5;

/** The person asks for other things until they are refused. */
async function spendBudget(world: HiveWorld, person: string) {
  await world.arrange('Ada', { method: 'PATCH', path: '/tenant/settings', body: { rateLimitPerMinute: 1 } });
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const { status } = await world.ask(person, { path: '/workflows' });
    world.unseenFailure = undefined;
    if (status === 429) return;
  }
  throw new Error(`${person}'s budget of 1 request was not spent after ${MOST_TRIES} requests`);
}

export async function changesWorkflow(world: HiveWorld, wrong: readonly string[]): Promise<Answer> {
  const change: Change = { person: 'Ada', id: randomUUID(), body: { name: 'Say hello', n8n_data: fixtureWorkflow('Say hello', world.webService.url) }, headers: {}, budgetSpent: false };
  for (const words of wrong) {
    const apply = faults[words];
    if (!apply) throw new Error(`nobody knows how to send ${words}; known: ${Object.keys(faults).join('; ')}`);
    apply(change, world);
  }
  if (change.budgetSpent && change.person) await spendBudget(world, change.person);
  const { person, token, id, body, headers } = change;
  return world.ask(person, { method: 'PUT', path: `/workflows/${id}`, body, headers, token });
}
