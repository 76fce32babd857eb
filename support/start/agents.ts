import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startChild } from './child.ts';

export interface StartAgentsOptions {
  readonly clone: string;
  readonly kept: string;
  readonly engineUrl: string;
  /** Of somebody who may register agents. */
  readonly token: string;
  readonly say: (line: string) => void;
}

/** The documents' three best-known agents, with what each is best at. */
const AGENTS = [
  { slug: 'acacia', capabilities: 'devops:0.95,architecture:0.9,deployment:0.88' },
  { slug: 'walnut', capabilities: 'full_stack:0.92,ai_integration:0.88,code_review:0.85' },
  { slug: 'ironwood', capabilities: 'backend:0.93,databases:0.9,api_design:0.86' },
];
const SEEN_WITHIN_MS = 5_000;

/** Three processes that speak Ollama's API over a model of a GPU and register themselves with the engine. */
export async function startAgents({ clone, kept, engineUrl, token, say }: StartAgentsOptions) {
  const program = join(clone, 'support', 'simulators', 'gpu-agent', 'main.ts');
  const started = await Promise.allSettled(
    AGENTS.map(({ slug, capabilities }, index) =>
      startChild({
        name: `agent ${slug}`, program, cwd: clone, logFile: join(kept, `agent-${slug}.log`), lost: say,
        environment: {
          AGENT_SLUG: slug, AGENT_CAPABILITIES: capabilities, AGENT_SEED: String(index + 1), AGENT_PORT: '0', AGENT_REGISTER_URL: engineUrl, AGENT_TOKEN: token,
        },
      }),
    ),
  );
  const agents = started.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
  const stop = async () => void (await Promise.all(agents.map((agent) => agent.stop())));
  const failed = started.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return { slugs: AGENTS.map(({ slug }) => slug), stop };
}

/**
 * Waits shortly until the engine lists them as reachable. Returns those that it does not list yet; they go on trying,
 * as after several starts within a minute, when registrations meet their rate limit.
 */
export async function agentsMissing(engineUrl: string, token: string, slugs: readonly string[]): Promise<string[]> {
  const deadline = Date.now() + SEEN_WITHIN_MS;
  for (;;) {
    const reachable = await reachableAgents(engineUrl, token);
    const missing = slugs.filter((slug) => !reachable.includes(slug));
    if (!missing.length || Date.now() > deadline) return missing;
    await pause(250);
  }
}

async function reachableAgents(engineUrl: string, token: string): Promise<string[]> {
  const response = await fetch(`${engineUrl}/api/agents`, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`the engine answered ${response.status} to the list of agents: ${await response.text()}`);
  const { agents } = (await response.json()) as { agents: { agent_id: string; status: string }[] };
  return agents.filter(({ status }) => status !== 'offline').map(({ agent_id }) => agent_id);
}
