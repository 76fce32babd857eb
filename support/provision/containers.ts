/** Both stores as containers, through Testcontainers. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { GenericContainer, StartedTestContainer, WaitStrategy } from 'testcontainers';
import { noDockerEngine, removeContainersOf, RUNNER_LABEL } from './docker-engine.ts';
import { watchdogFor } from './leash.ts';
import { isAlive, ownIdentity } from './process-identity.ts';
import { redisAnswers } from './redis-probe.ts';
import type { Provisioned, ProvisionRequest, Refusal, Strategy } from './strategy.ts';

const POSTGRES = { port: 5432, defaultImage: 'postgres:18', folder: '/var/lib/postgresql' };
const REDIS = { port: 6379, defaultImage: 'redis:7', folder: '/data' };
/** Of the container itself; a missing image is fetched before. initdb under load was seen to take 11 s. */
const READY_WITHIN_MS = 60_000;

async function start(request: ProvisionRequest): Promise<Provisioned | Refusal> {
  const refused = await noDockerEngine(request.environment);
  if (refused) return { refused };
  // Testcontainers' own reaper is one more image to fetch; the watchdog and the label do its work (P4, P5).
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
  const abandoned = await removeContainersOf((owner) => !isAlive(owner));
  if (abandoned) request.say(`removed ${abandoned} container(s) that killed runs had left behind`);
  const images = { postgres: request.environment.HIVE_POSTGRES_IMAGE || POSTGRES.defaultImage, redis: request.environment.HIVE_REDIS_IMAGE || REDIS.defaultImage };
  const leash = await watchdogFor({ kind: 'containers', runner: ownIdentity(), keep: request.keepDataIn !== undefined }, request.say);
  const password = passwordFor(request.keepDataIn);
  // Settled, not the first failure: what is still being created would escape the removal.
  const [database, redis] = await Promise.allSettled([
    startPostgres(images.postgres, password, request).catch(naming(images.postgres, 'HIVE_POSTGRES_IMAGE')),
    startRedis(images.redis, password, request).catch(naming(images.redis, 'HIVE_REDIS_IMAGE')),
  ]);
  if (database.status === 'rejected' || redis.status === 'rejected') {
    await leash.release();
    throw database.status === 'rejected' ? database.reason : (redis as PromiseRejectedResult).reason;
  }
  const kept = request.keepDataIn ? `, data kept in ${keptFolder(request.keepDataIn)}` : '';
  return {
    mode: 'containers',
    databaseUrl: database.value,
    redisUrl: redis.value,
    describe: () => `containers: PostgreSQL from image ${images.postgres}, Redis from image ${images.redis}${kept}`,
    stop: leash.release,
  };
}

/** A registry's own words ("no such host") do not say which image was wanted, nor that it can be another. */
const naming = (image: string, variable: string) => (error: Error) => {
  throw new Error(`image ${image} could not be started (${error.message.trim()}); name another one with ${variable}`, { cause: error });
};

async function startPostgres(image: string, password: string, request: ProvisionRequest): Promise<string> {
  const urlAt = (host: string, port: number) => `postgres://postgres:${password}@${host}:${port}/hive`;
  const container = (await labelled(image, POSTGRES.port))
    .withEnvironment({
      POSTGRES_USER: 'postgres',
      POSTGRES_PASSWORD: password,
      POSTGRES_DB: 'hive',
      // The same order of text as embedded, whatever locale the image was built with.
      POSTGRES_INITDB_ARGS: '--encoding=UTF8 --locale=C.UTF-8',
      // Not the image's own place: older images declare that a volume, which would hide the folder we mount.
      PGDATA: `${POSTGRES.folder}/hive`,
    })
    .withCommand(['postgres', '-c', 'max_connections=300'])
    .withSharedMemorySize(256 * 1024 * 1024)
    .withWaitStrategy(answering(POSTGRES.port, (port) => postgresAnswers(urlAt('127.0.0.1', port))));
  const started = await onFolder(container, POSTGRES.folder, request.keepDataIn && join(keptFolder(request.keepDataIn), 'postgres')).start();
  return urlAt(hostOf(started), started.getMappedPort(POSTGRES.port));
}

async function startRedis(image: string, password: string, request: ProvisionRequest): Promise<string> {
  const urlAt = (host: string, port: number) => `redis://:${password}@${host}:${port}`;
  const container = (await labelled(image, REDIS.port))
    .withCommand(['redis-server', '--requirepass', password, '--save', '', '--appendonly', request.keepDataIn ? 'yes' : 'no'])
    .withWaitStrategy(answering(REDIS.port, async (port) => redisAnswers(new URL(urlAt('127.0.0.1', port)), 1_000)));
  const started = await onFolder(container, REDIS.folder, request.keepDataIn && join(keptFolder(request.keepDataIn), 'redis')).start();
  return urlAt(hostOf(started), started.getMappedPort(REDIS.port));
}

async function labelled(image: string, port: number): Promise<GenericContainer> {
  const { GenericContainer: Container } = await import('testcontainers');
  return new Container(image).withLabels({ [RUNNER_LABEL]: ownIdentity() }).withExposedPorts(port);
}

/** Kept data on the machine's disk, other data in memory. */
function onFolder(container: GenericContainer, target: string, kept: string | undefined): GenericContainer {
  if (!kept) return container.withTmpFs({ [target]: 'rw' });
  mkdirSync(kept, { recursive: true });
  return container.withBindMounts([{ source: kept, target }]);
}

/** Kept data knows the password that it was made with. */
function passwordFor(keepDataIn: string | undefined): string {
  const fresh = randomBytes(18).toString('base64url');
  if (!keepDataIn) return fresh;
  const file = join(keptFolder(keepDataIn), 'password');
  mkdirSync(keptFolder(keepDataIn), { recursive: true });
  if (!existsSync(file)) writeFileSync(file, fresh, { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

const keptFolder = (keepDataIn: string) => join(keepDataIn, 'containers');

/** `localhost` may mean ::1 first, where nobody listens. */
function hostOf(started: StartedTestContainer): string {
  return started.getHost() === 'localhost' ? '127.0.0.1' : started.getHost();
}

async function postgresAnswers(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Ready means that the store answers us. Testcontainers' own ways look for a log line or run programs inside the
 * container, and an image of somebody's own need have neither the line nor the programs.
 */
function answering(port: number, problem: (hostPort: number) => Promise<string | undefined>): WaitStrategy {
  const strategy: WaitStrategy = {
    withStartupTimeout: () => strategy,
    isStartupTimeoutSet: () => true,
    getStartupTimeout: () => READY_WITHIN_MS,
    async waitUntilReady(container, boundPorts) {
      const deadline = Date.now() + READY_WITHIN_MS;
      for (let seen = await problem(boundPorts.getBinding(port)); seen; seen = await problem(boundPorts.getBinding(port))) {
        const { State, Config } = await container.inspect();
        if (!State.Running) throw new Error(`the container of ${Config.Image} ended (exit code ${State.ExitCode}): ${await lastWords(container)}`);
        if (Date.now() > deadline) throw new Error(`the container of ${Config.Image} did not serve within ${READY_WITHIN_MS / 1000} s: ${seen}`);
        await pause(50);
      }
    },
  };
  return strategy;
}

async function lastWords(container: Parameters<WaitStrategy['waitUntilReady']>[0]): Promise<string> {
  const log = await container.logs({ stdout: true, stderr: true, tail: 3 });
  return log.toString('utf8').replace(/[^\x20-\x7e\n]/g, '').trim().replaceAll('\n', ' / ');
}

export const containers: Strategy = { mode: 'containers', start, keptDataExists: (folder) => existsSync(keptFolder(folder)) };
