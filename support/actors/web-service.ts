/** The scenario's hold on the web-service simulator: scripts its answers, reads its request log. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface ArrivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly at: number;
}
export interface ScriptedAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Keep the caller waiting until `release`. */
  readonly hold?: boolean;
}

export interface WebService {
  readonly url: string;
  /** The last answer repeats. */
  script(path: string, answers: readonly ScriptedAnswer[]): Promise<void>;
  /** Lets held and later requests go on; held ones are answered with `answer` where it is given. */
  release(path: string, answer?: ScriptedAnswer): Promise<void>;
  requests(path: string): Promise<ArrivedRequest[]>;
}

export const webServiceAt = (url: string): WebService => {
  const post = async (path: string, body: unknown) => void (await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) }));
  return {
    url,
    script: (path, answers) => post('/__script', { path, answers }),
    release: (path, answer) => post('/__release', { path, answer }),
    requests: async (path) => (await (await fetch(`${url}/__requests?path=${encodeURIComponent(path)}`)).json()) as ArrivedRequest[],
  };
};

/** Starts the simulator as a process of its own; it ends with its parent. */
export async function startWebService(): Promise<{ url: string; stop(): Promise<void> }> {
  const child = fork(join(import.meta.dirname, '..', 'simulators', 'web-service', 'main.ts'), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return {
    url,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
