/** The operator: runs engines for one scenario, on a database of its own, and does to them what happens to machines. */
import { randomBytes, randomInt } from 'node:crypto';
import pg from 'pg';
import { startEngine, type EngineProcess } from '../engine/engine-process.ts';
import type { TcpProxy } from './tcp-proxy.ts';
import { eventually } from '../waiting.ts';
import type { HiveWorld } from '../world.ts';

const ENGINES = 'engines of this scenario';

async function createDatabase(world: HiveWorld): Promise<string> {
  const name = `hive_scenario_${randomBytes(4).toString('hex')}`;
  const admin = async (sql: string) => {
    const client = new pg.Client({ connectionString: world.platform.databaseUrl });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await admin(`create database ${name}`);
  world.cleanups.push(() => admin(`drop database if exists ${name} with (force)`));
  const url = new URL(world.platform.databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Redis has 16 databases; 0 belongs to the shared engines. */
function redisUrlOf(world: HiveWorld): string {
  const url = new URL(world.platform.redisUrl);
  url.pathname = `/${randomInt(1, 16)}`;
  return url.href;
}

export interface OwnEngineOptions {
  /** Beyond those that every engine of a scenario gets. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Lines that the scenario can cut; the scenario's own look into the stores does not go through them. */
  readonly through?: { readonly postgres?: TcpProxy; readonly redis?: TcpProxy };
}

function rerouted(url: string, proxy: TcpProxy | undefined): string {
  if (!proxy) return url;
  const through = new URL(url);
  through.host = `127.0.0.1:${proxy.port}`;
  return through.href;
}

export const enginesOf = (world: HiveWorld) => (world.notes.get(ENGINES) as EngineProcess[] | undefined) ?? [];

export async function startsEngines(world: HiveWorld, count: number, options: OwnEngineOptions = {}): Promise<void> {
  world.databaseUrl = await createDatabase(world);
  world.notes.set('own redis', redisUrlOf(world));
  world.notes.set(ENGINES, []);
  world.cleanups.push(async () => void (await Promise.all(enginesOf(world).map(release))));
  await Promise.all(Array.from({ length: count }, () => startsEngine(world, options)));
}

async function release(engine: EngineProcess) {
  engine.thaw();
  await engine.stop();
}

export async function startsEngine(world: HiveWorld, { settings, through = {} }: OwnEngineOptions = {}): Promise<EngineProcess> {
  const engine = await startEngine({
    name: `own-${world.mark}-${randomBytes(2).toString('hex')}`,
    databaseUrl: rerouted(world.databaseUrl, through.postgres), redisUrl: rerouted(world.notes.get('own redis') as string, through.redis),
    collectorUrl: world.platform.collectorUrl,
    // A lease short enough that a frozen engine is noticed while one waits.
    settings: { HIVE_LEASE_MS: '1500', HIVE_SPARE_TENANTS: '1', HIVE_SHARDS: '8', ...settings },
  });
  enginesOf(world).push(engine);
  world.engineUrls = enginesOf(world).filter((one) => one.running).map((one) => one.url);
  return engine;
}

/** The engine to which the scenario's requests went, which therefore carries the execution. */
export function carrier(world: HiveWorld): EngineProcess {
  const engine = enginesOf(world).find((one) => one.url === world.engineUrls[0]);
  if (!engine) throw new Error('the scenario started no engines of its own; begin it with "the platform runs on two engines of its own"');
  return engine;
}

/** From here on requests go to engines that still run. */
export function turnsToLivingEngines(world: HiveWorld, gone: EngineProcess): void {
  world.engineUrls = enginesOf(world).filter((one) => one !== gone && one.running).map((one) => one.url);
}

/** Waits until another engine than `gone` holds the lease of the execution's shard, by its own log. */
export async function resumedBy(world: HiveWorld, gone: EngineProcess): Promise<EngineProcess> {
  return eventually(`another engine resumes execution ${world.execution}`, () => {
    const engine = enginesOf(world).find((one) => one !== gone && one.log().some((line) => line['executionId'] === world.execution && line['message'] === 'resuming a run from its log'));
    if (!engine) throw new Error('no other engine logged that it resumed it');
    return engine;
  });
}
