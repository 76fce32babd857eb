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

/** Keeps what was started for the way down, in the order in which it came up. */
const kept = async <T>(stops: Stop[], starting: Promise<T>, stop: (started: T) => Promise<void>): Promise<T> => {
  const started = await starting;
  stops.push(() => stop(started));
  return started;
};

async function bringUpStores(stops: Stop[], say: (line: string) => void) {
  const stores = await kept(stops, provision({ purpose: 'tests' }), (started) => started.stop());
  say(stores.describe());
  const database = await kept(stops, createRunDatabase(stores.databaseUrl), (created) => created.drop());
  return { mode: stores.mode, redisUrl: stores.redisUrl, databaseUrl: database.url };
}

async function bringUp(stops: Stop[], say: (line: string) => void) {
  mkdirSync('reports/logs', { recursive: true });
  for (const name of ENGINES) rmSync(`reports/logs/${name}.log`, { force: true });
  const [stores, collector, webService] = await all([
    bringUpStores(stops, say),
    kept(stops, startCollector(), (started) => started.stop()),
    kept(stops, startWebService(), (started) => started.stop()),
  ]);
  const { databaseUrl, redisUrl } = stores;
  const start = (name: string) => kept(stops, startEngine({ name, databaseUrl, redisUrl, collectorUrl: collector.url }), (engine) => engine.stop());
  const engines = await all(ENGINES.map(start));
  publishPlatform({
    provisioned: stores.mode, databaseUrl, redisUrl, collectorUrl: collector.url, webServiceUrl: webService.url,
    engines: engines.map(({ name, url, controlUrl, pid, logFile }) => ({ name, url, controlUrl, pid, logFile })),
  });
}

/** As Promise.all, but a failure is told only when the others are done too: nothing may come up after the way down. */
async function all<T extends readonly unknown[]>(starting: { [Key in keyof T]: Promise<T[Key]> }): Promise<T> {
  await Promise.allSettled(starting);
  return Promise.all(starting) as Promise<unknown> as Promise<T>;
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
