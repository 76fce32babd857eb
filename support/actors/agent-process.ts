/** Agents as the features have them: each a process of its own, with the faults that a scenario gives it. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { HiveWorld } from '../world.ts';

export interface AgentProcess {
  readonly url: string;
  /** Milliseconds before every answer. */
  slowsDown(delayMs: number): Promise<void>;
  /** The next answer is an error of the agent's own. */
  stumbles(): Promise<void>;
  /** Writes so many tokens; resolves when they are written. */
  writes(tokens: number): Promise<void>;
  /** SIGKILL: as when the power goes. */
  kill(): Promise<void>;
}

export const MODEL = 'deepseek-r1:7b';

interface AgentOptions {
  readonly slug: string;
  /** 0 lets the system choose. */
  readonly port?: string;
  readonly models?: string;
}

async function kill(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Ends with the scenario, and with the runner. */
export async function startAgent(world: HiveWorld, { slug, port = '0', models = MODEL }: AgentOptions): Promise<AgentProcess> {
  const program = join(import.meta.dirname, '..', 'simulators', 'gpu-agent', 'main.ts');
  const environment = { ...process.env, AGENT_SLUG: slug, AGENT_PORT: port, AGENT_MODELS: models, NODE_V8_COVERAGE: '' };
  const child = world.track(fork(program, [], { env: environment, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] }), kill);
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  const post = async (path: string, body: object) => {
    const response = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path} of agent ${slug} answered ${response.status}: ${await response.text()}`);
    await response.arrayBuffer();
  };
  return {
    url,
    slowsDown: (delayMs) => post('/__faults', { delay_ms: delayMs }),
    stumbles: () => post('/__faults', { next: { status: 500, error: 'the card is on fire' } }),
    writes: (tokens) => post('/api/generate', { model: MODEL, prompt: 'Tell of pies.', stream: false, options: { num_predict: tokens } }),
    kill: () => kill(child),
  };
}
