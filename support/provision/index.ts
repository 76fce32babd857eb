/**
 * provision: where PostgreSQL and Redis come from, for the acceptance suite and for `npm start`.
 *
 * Owns: finding or starting the two stores, and leaving nothing behind.
 * Does not know: the engine, scenarios, schemas. It hands out two URLs.
 *
 * The order, unless HIVE_PROVISION names one of the three:
 *   1. external    DATABASE_URL and REDIS_URL are set. They are used as they are; nothing is started or stopped.
 *   2. containers  a Docker engine answers within a second. Official images, or HIVE_POSTGRES_IMAGE and HIVE_REDIS_IMAGE.
 *   3. embedded    PostgreSQL's binaries from npm; redis-server from PATH, else unpacked from the distribution's package.
 * Data that one of the last two keeps in `keepDataIn` makes it the only one of them: a second start finds its data
 * again although a Docker engine was installed in between, or says why not, and never begins an empty platform.
 *
 * The rules:
 * P1. Each way that was not taken says why, in one line. What is used is said by `describe()`.
 * P2. A way that was named and cannot work is an error; nothing else is tried in its place. The same holds for
 *     external addresses that are set but do not answer: whoever set them did not ask for other stores.
 * P3. Real stores only. No in-process PostgreSQL (its connections share one backend), no imitation of Redis.
 * P4. Every start has a watchdog: a process of its own session that holds a pipe to us. The pipe closes whatever
 *     ends us (success, failure, SIGINT, process.exit, SIGKILL); then the watchdog ends the stores and removes the
 *     run's folder. `stop()` closes the same pipe and waits, so there is one way down and it is always exercised.
 * P5. Should the watchdog itself be killed, the next start finds folders and containers by the identity of their
 *     owner (boot, PID namespace, pid, start time) and removes those whose owner is gone, never those of a live one.
 * P6. PostgreSQL refuses to run as root. Started by root, both stores run as an unprivileged user, from a copy in a
 *     cache folder that this user can reach. The cache is built beside and renamed into place, so concurrent first
 *     runs do not see each other's half-built folders.
 */
import { containers } from './containers.ts';
import { embedded } from './embedded.ts';
import { external } from './external.ts';
import type { Mode, Provisioned, ProvisionOptions, ProvisionRequest, Strategy } from './strategy.ts';

export type { Mode, Provisioned, ProvisionOptions } from './strategy.ts';

const inOrder: readonly Strategy[] = [external, containers, embedded];

/** Finds or starts PostgreSQL and Redis. Throws one error that lists every way and why it is not open. */
export function provision(options: ProvisionOptions): Promise<Provisioned> {
  const say = (line: string) => void process.stderr.write(`provision: ${line}\n`);
  return provisionBy(inOrder, { ...options, environment: process.env, say });
}

/** The same with the ways, the environment and the log given: the order is decided here and nowhere else. */
export async function provisionBy(strategies: readonly Strategy[], request: ProvisionRequest): Promise<Provisioned> {
  const forced = request.environment.HIVE_PROVISION;
  if (forced) return startForced(namedStrategy(strategies, forced), request);
  const refusals: string[] = [];
  for (const strategy of openTo(strategies, request.keepDataIn)) {
    const outcome = await strategy.start(request).catch((error: Error) => failureOf(strategy.mode, error));
    if (!('refused' in outcome)) return outcome;
    refusals.push(`${strategy.mode}: ${outcome.refused}`);
    request.say(`not ${strategy.mode}: ${outcome.refused}`);
  }
  throw new Error(`No PostgreSQL and Redis could be found or started.\n${refusals.map((line) => `  ${line}`).join('\n')}`);
}

/** External addresses are somebody's decision (P2); anything else that fails leaves the next way open. */
function failureOf(mode: Mode, error: Error): { refused: string } {
  if (mode === 'external') throw error;
  return { refused: error.message };
}

function namedStrategy(strategies: readonly Strategy[], name: string): Strategy {
  const found = strategies.find(({ mode }) => mode === name);
  if (found) return found;
  throw new Error(`HIVE_PROVISION is "${name}"; it may be ${strategies.map(({ mode }) => mode).join(', ')}, or unset to take the first that works`);
}

async function startForced(strategy: Strategy, request: ProvisionRequest): Promise<Provisioned> {
  const outcome = await strategy.start(request);
  if ('refused' in outcome) throw new Error(`HIVE_PROVISION asks for ${strategy.mode}, which is not possible here: ${outcome.refused}`);
  return outcome;
}

/** All of them in order; where one has kept data, only that one beside external, whose data is its own affair. */
function openTo(strategies: readonly Strategy[], folder: string | undefined): readonly Strategy[] {
  const keeper = folder === undefined ? undefined : strategies.find((strategy) => strategy.keptDataExists(folder));
  return keeper ? strategies.filter((strategy) => strategy === keeper || strategy.mode === 'external') : strategies;
}
