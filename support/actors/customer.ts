/** What customers do with the platform, as verbs: each is one request of the public API and nothing more. */
import { randomUUID } from 'node:crypto';
import { passwordOf, people } from '../../fixtures/people.ts';
import { fixtureWorkflow } from '../fixture-workflow.ts';
import type { HiveWorld, Person, ScenarioTenant } from '../world.ts';
import type { Answer } from './api-client.ts';

function introduce(world: HiveWorld, name: string, ...[tenant, password = passwordOf(name)]: [tenant: string, password?: string | undefined]): Person {
  const email = `${name.toLowerCase()}-${world.mark}@${tenant.toLowerCase()}.example`;
  const person: Person = { name, tenant, email, password, userId: '', token: undefined, refreshToken: undefined };
  world.people.set(name, person);
  return person;
}

/** Registers a tenant with `name` as its administrator, and logs in. */
export async function administers(world: HiveWorld, name: string, tenantName: string): Promise<void> {
  const person = introduce(world, name, tenantName);
  const tenant: ScenarioTenant = { name: tenantName, slug: `${tenantName.toLowerCase()}-${world.mark}`, id: '' };
  const answer = await world.arrange(undefined, {
    method: 'POST', path: '/auth/register',
    body: { tenant: { name: tenantName, slug: tenant.slug }, email: person.email, password: person.password, name: people[name]?.fullName },
  });
  tenant.id = answer.body.tenant.id;
  person.userId = answer.body.user.id;
  world.tenants.set(tenantName, tenant);
  await logsIn(world, name);
}

/** The tenant's first administrator makes an account with these roles, and its owner logs in. */
export async function joins(world: HiveWorld, name: string, tenantName: string, { roles, password }: { roles: readonly string[]; password?: string }): Promise<void> {
  const administrator = [...world.people.values()].find((person) => person.tenant === tenantName);
  if (!administrator) throw new Error(`${tenantName} has no administrator yet; let somebody administer it first`);
  const person = introduce(world, name, tenantName, password);
  const answer = await world.arrange(administrator.name, {
    method: 'POST', path: '/auth/users', body: { email: person.email, password: person.password, name: people[name]?.fullName, roles },
  });
  person.userId = answer.body.id ?? answer.body.user?.id;
  await logsIn(world, name);
}

export async function logsIn(world: HiveWorld, name: string): Promise<void> {
  const person = world.person(name);
  const tenant = world.tenantNamed(person.tenant).slug;
  const answer = await world.arrange(undefined, { method: 'POST', path: '/auth/login', body: { email: person.email, password: person.password, tenant } });
  person.token = answer.body.access_token;
  person.refreshToken = answer.body.refresh_token;
}

/** Imports the fixture workflow of that name for the person. */
export async function imports(world: HiveWorld, name: string, workflowName: string): Promise<Answer> {
  return world.ask(name, { method: 'POST', path: '/workflows', body: { name: workflowName, n8n_data: fixtureWorkflow(workflowName, `${world.webService.url}${world.path('')}`) } });
}

/** With `settings`, the workflow has these instead of the fixture's. */
export async function hasWorkflow(world: HiveWorld, name: string, ...[workflowName, settings]: [workflowName: string, settings?: object]): Promise<void> {
  const drawn = fixtureWorkflow(workflowName, `${world.webService.url}${world.path('')}`);
  const body = { name: workflowName, n8n_data: { ...drawn, ...(settings && { settings }) } };
  const answer = await world.arrange(name, { method: 'POST', path: '/workflows', body });
  world.workflows.set(workflowName, { name: workflowName, id: answer.body.id, owner: name });
}

export interface Execution {
  /** Undefined: a workflow that nobody has. */
  readonly workflow: string | undefined;
  readonly input?: unknown;
  readonly mode?: 'sync' | 'async';
  readonly engine?: number;
  /** Absent: the one that the platform chooses. */
  readonly startNode?: string;
}

/** POST /workflows/{id}/execute; the execution becomes the one that the scenario is about. */
export async function executes(world: HiveWorld, name: string | undefined, { workflow, input, mode, engine, startNode }: Execution): Promise<Answer> {
  const id = workflow === undefined ? randomUUID() : world.workflow(workflow).id;
  const body = { ...(input !== undefined && { input }), ...(mode && { mode }), ...(startNode && { start_node: startNode }) };
  const answer = await world.ask(name, { method: 'POST', path: `/workflows/${id}/execute`, body, ...(engine !== undefined && { engine }) });
  if (answer.body.execution_id) world.executionId = answer.body.execution_id;
  return answer;
}

/** Replaces a workflow's content by a fixture's, as a change of `version`. */
export async function replaces(world: HiveWorld, name: string, { workflow, content, version }: { workflow: string; content: string; version: number }): Promise<Answer> {
  const body = { name: workflow, n8n_data: fixtureWorkflow(content, world.webService.url), expected_version: version };
  return world.ask(name, { method: 'PUT', path: `/workflows/${world.workflow(workflow).id}`, body });
}

export async function switches(world: HiveWorld, name: string, { workflow, active }: { workflow: string; active: boolean }): Promise<void> {
  await world.arrange(name, { method: 'PATCH', path: `/workflows/${world.workflow(workflow).id}`, body: { active } });
}
