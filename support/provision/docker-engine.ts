/** The Docker engine of this machine: whether there is one, and our containers on it. */
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Label of every container we start; its value is the identity of the runner (process-identity.ts). */
export const RUNNER_LABEL = 'hive-queen.runner';

/** An engine that is not there must not cost a run more than this. */
const ANSWER_WITHIN_MS = 1_000;
const CLEAN_END_SECONDS = 30;

/** Undefined when an engine answers; else one line that says what was tried. */
export async function noDockerEngine(environment: Readonly<Record<string, string | undefined>>): Promise<string | undefined> {
  const addresses = environment.DOCKER_HOST ? [environment.DOCKER_HOST] : socketFiles(environment).filter((file) => existsSync(file)).map((file) => `unix://${file}`);
  if (!addresses.length) return 'no Docker engine: DOCKER_HOST is not set and there is no docker.sock';
  for (const address of addresses) if (await answers(new URL(address))) return undefined;
  return `no Docker engine answers within ${ANSWER_WITHIN_MS / 1000} s at ${addresses.join(', ')}`;
}

/** Where Testcontainers looks too, in its order. */
function socketFiles(environment: Readonly<Record<string, string | undefined>>): string[] {
  const runtime = environment.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.() ?? 0}`;
  return ['/var/run/docker.sock', join(runtime, 'docker.sock'), join(homedir(), '.docker/run/docker.sock'), join(homedir(), '.docker/desktop/docker.sock')];
}

function answers(address: URL): Promise<boolean> {
  return address.protocol === 'unix:' ? pings(address.pathname) : accepts(address);
}

/** A socket file may outlive its engine, and an engine may accept and hang: only an answer counts. */
function pings(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ socketPath, path: '/_ping', timeout: ANSWER_WITHIN_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on('timeout', () => ping.destroy(new Error('timeout')));
    ping.on('error', () => resolve(false));
    ping.end();
  });
}

/** Behind TCP there may be TLS with client certificates, which is Testcontainers' business. */
function accepts({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 2375), timeout: ANSWER_WITHIN_MS });
    const finish = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket.on('connect', () => finish(true));
    socket.on('timeout', () => finish(false));
    socket.on('error', () => finish(false));
  });
}

/** Testcontainers takes half a second to load: only who needs it pays. */
async function engine() {
  const { getContainerRuntimeClient } = await import('testcontainers');
  return (await getContainerRuntimeClient()).container.dockerode;
}

/** Our containers, running or not, with the runner each belongs to. */
export async function ownContainers(): Promise<{ id: string; runner: string }[]> {
  const listed = await (await engine()).listContainers({ all: true, filters: { label: [RUNNER_LABEL] } });
  return listed.map(({ Id, Labels }) => ({ id: Id, runner: Labels[RUNNER_LABEL] ?? '' }));
}

/** Removes the containers whose runner `isMeant`, with their volumes. Returns how many. `clean` lets them end by themselves first. */
export async function removeContainersOf(isMeant: (runner: string) => boolean, { clean = false } = {}): Promise<number> {
  const docker = await engine();
  const meant = (await ownContainers()).filter(({ runner }) => isMeant(runner));
  await Promise.all(
    meant.map(async ({ id }) => {
      const container = docker.getContainer(id);
      if (clean) await container.stop({ t: CLEAN_END_SECONDS }).catch(unlessGone);
      await container.remove({ force: true, v: true }).catch(unlessGone);
    }),
  );
  return meant.length;
}

/** Stopped already (304), removed already (404), or being removed by somebody else (409). */
function unlessGone(error: Error & { statusCode?: number }): void {
  if (![304, 404, 409].includes(error.statusCode ?? 0)) throw error;
}
