/**
 * The only file that reads the environment and builds things. Reads from the ground up: what a room needs from a
 * higher one is handed in here.
 */
import { createAgents } from './agents/index.ts';
import { createCompliance } from './compliance/index.ts';
import { createEvents, type BusEvent } from './events/index.ts';
import {
  countHooks, createExecutionApplier, createExecutions, createReadings, createSandbox, createTaskRegistry, describeNode, executionRoutes, watchExecutions,
} from './execution/index.ts';
import { createGateway } from './gateway/index.ts';
import { createIdentity } from './identity/index.ts';
import { createJournal } from './journal/index.ts';
import { createLifecycle, readSettings, systemClock as clock, type Service, type Settings } from './kernel/index.ts';
import { createObservability } from './observability/index.ts';
import { createDatabase, createRedis, migrate, redisOf } from './storage/index.ts';
import { createTenancy } from './tenancy/index.ts';
import { createWorkflows } from './workflows/index.ts';

/** n8n's own default where neither workflow nor tenant names a zone. */
const DEFAULT_TIMEZONE = 'America/New_York';
/** How long a stopping process waits for its running steps; longer ones are done again by the shard's next owner. */
const DRAIN_MS = 10_000;
/** A stop that takes longer hangs. What is durable is safe, and other processes go on with the rest once this one is gone. */
const STOP_MS = 60_000;

function build(settings: Settings) {
  const observability = createObservability({ settings, process: settings.HIVE_PROCESS });
  const { log } = observability;

  const database = createDatabase({
    url: settings.DATABASE_URL, connections: settings.HIVE_DATABASE_CONNECTIONS, applicationName: settings.HIVE_PROCESS, log,
  });
  const redis = createRedis(settings.REDIS_URL, log);
  const storage: Service = {
    name: 'storage',
    start: async () => log.info({ migrations: await migrate(database) }, 'the database is up to date'),
    stop: async () => {
      await database.close();
      redis.disconnect();
    },
  };

  const compliance = createCompliance({ database, clock, log });
  const tenancy = createTenancy({ database, redis: redisOf('tenancy', redis), compliance, spares: settings.HIVE_SPARE_TENANTS, clock, log });
  const identity = createIdentity({
    database, redis: redisOf('identity', redis), tenancy, compliance, settings: identitySettings(settings), clock, log,
  });
  const events = createEvents({ redisUrl: settings.REDIS_URL, process: settings.HIVE_PROCESS, log });
  const applier = createExecutionApplier(async (tenantId) => {
    const tenant = await tenancy.find(tenantId);
    if (!tenant) throw new Error(`the log names tenant ${tenantId}, which does not exist`);
    return tenancy.placeOf(tenant);
  });
  const journal = createJournal({
    database, shards: settings.HIVE_SHARDS, leaseMs: settings.HIVE_LEASE_MS, process: settings.HIVE_PROCESS,
    appliers: [applier, compliance.applier], log,
  });
  // Published once the tables have it: whoever subscribes later than an event finds it there, so none falls in between.
  journal.onOutbox(async (messages) => {
    await Promise.all(messages.map((message) => journal.applied(message.position)));
    await events.publish(messages.filter((message) => message.topic === 'bus').map((message) => message.body as BusEvent));
  });

  const workflows = createWorkflows({ tenancy, compliance, identity, clock, describeNode });
  const sandbox = createSandbox({ memoryMb: settings.HIVE_SANDBOX_MEMORY_MB, timeoutMs: settings.HIVE_SANDBOX_TIMEOUT_MS, log });
  const registry = createTaskRegistry({ sandbox, http: { allowPrivateAddresses: settings.HIVE_ALLOW_PRIVATE_ADDRESSES }, clock, log });
  // The node library holds isolates, which are freed after the last run let go of them.
  const nodeLibrary: Service = { name: 'node library', start: async () => undefined, stop: () => registry.close() };
  const executions = createExecutions({
    journal, tenancy, workflows, registry, clock, logger: log, runTimeoutMs: settings.HIVE_RUN_TIMEOUT_MS, timezone: DEFAULT_TIMEZONE,
    drainMs: DRAIN_MS, handlers: [countHooks(observability)], metrics: observability,
  });
  const readings = createReadings(tenancy);
  const watching = watchExecutions({ readings, tenancy, identity });
  const agents = createAgents({
    database, redis: redisOf('agents', redis), events, compliance, clock, log,
    silenceMs: settings.HIVE_AGENT_SILENCE_MS, checkMs: settings.HIVE_AGENT_CHECK_MS,
  });

  const gateway = createGateway({
    settings, identity, tenancy, compliance, observability, redis, events, log,
    sockets: { keepaliveMs: settings.HIVE_SOCKET_KEEPALIVE_MS },
    authoriseTopic: watching.mayWatch, snapshotTopic: watching.snapshot,
    openApiInfo: { title: 'Hive Queen', version: '0.1.0' },
    probes: { postgres: () => database.ping(), redis: async () => void (await redis.ping()) },
    routes: [
      ...tenancy.routes, ...identity.routes, ...compliance.routes, ...workflows.routes, ...agents.routes,
      ...executionRoutes({ executions, readings, workflows, identity, journal, clock, synchronousWaitMs: settings.HIVE_SYNCHRONOUS_WAIT_MS }),
    ],
  });

  const services = [observability, storage, compliance, tenancy, identity, events, workflows, nodeLibrary, journal, executions, agents, gateway];
  return { lifecycle: createLifecycle(services, log), gateway, log };
}

const identitySettings = (settings: Settings) => ({
  accessTokenSeconds: settings.HIVE_ACCESS_TOKEN_SECONDS,
  refreshTokenSeconds: settings.HIVE_REFRESH_TOKEN_SECONDS,
  issuer: settings.HIVE_ISSUER,
  loginAttempts: settings.HIVE_LOGIN_ATTEMPTS,
  loginLockSeconds: settings.HIVE_LOGIN_LOCK_SECONDS,
  argon2MemoryKib: settings.HIVE_ARGON2_MEMORY_KIB,
  argon2Passes: settings.HIVE_ARGON2_PASSES,
});

async function main() {
  const { lifecycle, gateway, log } = build(readSettings(process.env));
  const stop = async (signal: string) => {
    // A terminal and a parent process may both tell us; being told twice is no wish to be cut short.
    if (lifecycle.stopping) return;
    log.info({ signal }, 'stopping');
    clock.after(STOP_MS, () => {
      log.error({ waitedMs: STOP_MS }, 'stopping hangs; the process ends all the same');
      process.exit(1);
    });
    await lifecycle.stop();
    process.exit(0);
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'the process is in a state that nobody foresaw and ends; others go on with its runs');
    process.exit(1);
  });
  try {
    await lifecycle.start();
  } catch (error) {
    log.error({ err: error }, 'the engine could not start');
    process.exit(1);
  }
  if (lifecycle.stopping) return;
  log.info({ url: gateway.url() }, 'the engine is listening');
  process.send?.({ type: 'listening', url: gateway.url() });
}

await main();
