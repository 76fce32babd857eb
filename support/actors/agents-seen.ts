/** Agents as the scenario knows them, and how they stand in the stores. */
import type { HiveWorld } from '../world.ts';
import { documentOf, type RegistrationDocument } from './agent-documents.ts';
import type { AgentProcess } from './agent-process.ts';
import type { Answer } from './api-client.ts';
import { inRedis } from './redis-inspector.ts';

/** Agents belong to the platform and not to a tenant, so each scenario has its own; `documented` is the one that keeps its name. */
export function slugOf(world: HiveWorld, agent: string): string {
  return world.notes.get('documented agent') === agent ? agent : `${world.mark}-${agent}`;
}

export const processOf = (world: HiveWorld, agent: string) => world.notes.get(`process of ${agent}`) as AgentProcess | undefined;

/** The registration that fits what the scenario did to the agent. */
export function documentFor(world: HiveWorld, agent: string): RegistrationDocument {
  const document = documentOf({ slug: slugOf(world, agent), endpoint: processOf(world, agent)?.url });
  return { ...document, ...(world.notes.get(`promises of ${agent}`) as object | undefined) };
}

export const registering = (document: RegistrationDocument) => ({ method: 'POST' as const, path: '/api/agents', body: document });

/** Other scenarios list agents too; none of ours outlives its scenario. A database of the scenario's own is dropped anyway. */
export function forgetAfterwards(world: HiveWorld, slug: string): void {
  if (world.databaseUrl !== world.platform.databaseUrl) return;
  world.cleanups.push(async () => {
    await world.database.rows('delete from hive.agent_metrics where agent_id in (select id from hive.agents where agent_id = $1)', [slug]);
    await world.database.rows('delete from hive.agents where agent_id = $1', [slug]);
    await inRedis(world, (redis) => redis.del(`agent:status:${slug}`));
  });
}

export async function storedAgents(world: HiveWorld, agent: string) {
  return world.database.rows('select * from hive.agents where agent_id = $1', [slugOf(world, agent)]);
}

/** The time series of an agent, oldest first. */
export async function healthRecords(world: HiveWorld, agent: string): Promise<Record<string, any>[]> {
  const rows = await world.database.rows(
    'select metrics from hive.agent_metrics join hive.agents on agents.id = agent_metrics.agent_id where agents.agent_id = $1 order by timestamp', [slugOf(world, agent)],
  );
  return rows.map((row) => row['metrics'] as Record<string, any>);
}

export async function cachedStatus(world: HiveWorld, agent: string): Promise<{ value: Record<string, any> | undefined; livesMs: number }> {
  const key = `agent:status:${slugOf(world, agent)}`;
  const [text, livesMs] = await inRedis(world, (redis) => Promise.all([redis.get(key), redis.pttl(key)]));
  return { value: text === null ? undefined : (JSON.parse(text) as Record<string, any>), livesMs };
}

export const shownAgent = (world: HiveWorld, person: string, agent: string): Promise<Answer> => world.arrange(person, { path: `/api/agents/${slugOf(world, agent)}` });

/** The agent's status in all three places where one may look. */
export async function statusEverywhere(world: HiveWorld, agent: string, person: string) {
  const [[row], { value }, shown] = await Promise.all([storedAgents(world, agent), cachedStatus(world, agent), shownAgent(world, person, agent)]);
  return { database: row?.['status'] as string, redis: value?.['status'] as string, [person]: shown.body.status as string };
}
