/**
 * Brings the platform up once a run, before any worker exists, and takes it down again. A cucumber plugin and not
 * a hook: what a coordinator's BeforeAll sets does not reach parallel workers, and only a plugin's clean-up also
 * runs when a worker dies.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import pg from 'pg';
import { startWebService } from './actors/web-service.ts';
import { startCollector } from './diagrams/index.ts';
import { startEngine } from './engine/engine-process.ts';
import { publishPlatform } from './platform.ts';
import { provision } from './provision/index.ts';

/** Claims between processes are only worth something with at least two. */
const ENGINES = ['queen-a', 'queen-b'];

type Stop = () => Promise<void>;

/** A database of this run's own: an external server may hold others' data, and leftovers must not help a scenario pass. */
async function createRunDatabase(adminUrl: string): Promise<{ url: string; drop: Stop }> {
  const name = `hive_run_${randomBytes(4).toString('hex')}`;
  const admin = async (sql: string) => {
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await admin(`create database ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => admin(`drop database if exists ${name} with (force)`) };
}

async function bringUp(stops: Stop[], say: (line: string) => void) {
  mkdirSync('reports/logs', { recursive: true });
  for (const name of ENGINES) rmSync(`reports/logs/${name}.log`, { force: true });
  const stores = await provision({ purpose: 'tests' });
  stops.push(() => stores.stop());
  say(stores.describe());
  const database = await createRunDatabase(stores.databaseUrl);
  stops.push(database.drop);
  const collector = await startCollector();
  stops.push(() => collector.stop());
  const webService = await startWebService();
  stops.push(() => webService.stop());
  const engines = [];
  for (const name of ENGINES) {
    const engine = await startEngine({ name, databaseUrl: database.url, redisUrl: stores.redisUrl, collectorUrl: collector.url });
    stops.push(() => engine.stop());
    engines.push({ name, url: engine.url, controlUrl: engine.controlUrl, pid: engine.pid, logFile: engine.logFile });
  }
  publishPlatform({
    provisioned: stores.mode, databaseUrl: database.url, redisUrl: stores.redisUrl, collectorUrl: collector.url, webServiceUrl: webService.url, engines,
  });
}

async function takeDown(stops: Stop[], say: (line: string) => void) {
  for (let stop = stops.pop(); stop; stop = stops.pop()) await stop().catch((error: unknown) => say(`while stopping: ${error}`));
}

export default {
  type: 'plugin' as const,
  coordinator: async ({ operation, options, environment }: { operation: string; options: { dryRun?: boolean }; environment: { stderr: NodeJS.WritableStream } }) => {
    if (operation !== 'runCucumber' || options.dryRun) return undefined;
    const say = (line: string) => void environment.stderr.write(`${line}\n`);
    const stops: Stop[] = [];
    const interrupted = () => void takeDown(stops, say).finally(() => process.exit(130));
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
    try {
      await bringUp(stops, say);
    } catch (error) {
      await takeDown(stops, say);
      throw error;
    }
    return () => takeDown(stops, say);
  },
};
