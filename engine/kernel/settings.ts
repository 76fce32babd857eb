/**
 * Every setting of the engine: environment variable, unit, default, effect. `main.ts` reads them once and
 * hands each room its part; no other file reads the environment.
 */
import { z } from 'zod';

const milliseconds = (fallback: number) => z.coerce.number().int().positive().default(fallback);
const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);
const flag = (fallback: boolean) =>
  z.enum(['true', 'false']).default(fallback ? 'true' : 'false').transform((text) => text === 'true');

export const settingsSchema = z.object({
  /** PostgreSQL as a role that may create schemas and roles in that database. */
  DATABASE_URL: z.url(),
  REDIS_URL: z.url(),
  /** 0 picks a free port; the address is printed and sent over the IPC channel when there is one. */
  HIVE_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  HIVE_HOST: z.string().default('127.0.0.1'),
  /** Names this process in leases, logs, metrics and spans. Two live processes must differ. */
  HIVE_PROCESS: z.string().min(1).default(`engine-${process.pid}`),
  /** Folder for tenants' files and blobs. */
  HIVE_STORAGE: z.string().default('.hive/storage'),

  /**
   * Connections for tenant and shared statements. Too low: requests queue. Too high: PostgreSQL runs out. With one
   * alone the materialiser, which looks tenants up inside its transaction, would wait for itself.
   */
  HIVE_DATABASE_CONNECTIONS: z.coerce.number().int().min(2).default(10),
  /** Tenants kept prepared. Too low: a burst of sign-ups waits ~0.1 s each for a schema. */
  HIVE_SPARE_TENANTS: z.coerce.number().int().min(0).default(3),

  /** Logical shards of the journal. Fixed for the life of a database. */
  HIVE_SHARDS: count(16),
  /** Life of a shard's lease without renewal. Too low: a slow flush loses the shard; too high: a hung owner blocks its runs. */
  HIVE_LEASE_MS: milliseconds(3_000),
  /** Longest time a synchronous execute call waits before it answers 202. */
  HIVE_SYNCHRONOUS_WAIT_MS: milliseconds(10_000),
  /** Longest run; a workflow's own `settings.executionTimeout` may be shorter. */
  HIVE_RUN_TIMEOUT_MS: milliseconds(3_600_000),

  /** Life of an access token (flow hive-jwt: 86400 s). */
  HIVE_ACCESS_TOKEN_SECONDS: count(86_400),
  HIVE_REFRESH_TOKEN_SECONDS: count(30 * 86_400),
  /** Name of this deployment in tokens' `iss` and `aud`. */
  HIVE_ISSUER: z.string().default('hive-queen'),
  /** Wrong passwords in a row for one account before it is locked, and for how long. */
  HIVE_LOGIN_ATTEMPTS: count(5),
  HIVE_LOGIN_LOCK_SECONDS: count(300),
  /** Argon2id memory in KiB and passes; OWASP's 2024 floor is 19456 and 2. */
  HIVE_ARGON2_MEMORY_KIB: count(19_456),
  HIVE_ARGON2_PASSES: count(2),

  /** Sliding window of the rate limits (documents' conflict X15). */
  HIVE_RATE_WINDOW_SECONDS: count(60),
  /** Requests per window and network address, before anyone is asked who they are. */
  HIVE_ADDRESS_LIMIT: count(6_000),
  /** Requests per window and person where the endpoint has no limit of its own. */
  HIVE_PERSON_LIMIT: count(1_200),
  /** Largest request body. */
  HIVE_BODY_BYTES: count(10 * 1024 * 1024),

  /** Time between two signs of life of a socket; each also asks whether its session still lives. */
  HIVE_SOCKET_KEEPALIVE_MS: milliseconds(30_000),

  /** An agent that sent no heartbeat for so long is offline. */
  HIVE_AGENT_SILENCE_MS: milliseconds(15_000),
  /** Time between two health checks of an agent. */
  HIVE_AGENT_CHECK_MS: milliseconds(5_000),

  /** Memory of one expression sandbox, and the longest one evaluation may take. */
  HIVE_SANDBOX_MEMORY_MB: count(64),
  HIVE_SANDBOX_TIMEOUT_MS: milliseconds(1_000),
  /** Whether workflows may call addresses in private networks. Off in production: it would open the house to SSRF. */
  HIVE_ALLOW_PRIVATE_ADDRESSES: flag(false),

  /** Least severe record that is written; `debug` says why each request was answered as it was. */
  HIVE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** OTLP/HTTP endpoint for spans, such as http://127.0.0.1:4318; none means that spans are not recorded. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
});

export type Settings = z.infer<typeof settingsSchema>;

/** Reads and checks the environment; the error lists each wrong variable with what was expected. */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const parsed = settingsSchema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The engine cannot start with these settings:\n${lines.join('\n')}\nEach is described in engine/kernel/settings.ts.`);
}
