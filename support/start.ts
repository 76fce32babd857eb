/**
 * `npm start`: the whole platform on one machine, with data that is kept. PostgreSQL and Redis (support/provision),
 * the engine, three simulated GPU agents, a demo tenant. Prints the address and a first call; Ctrl-C ends all of it,
 * in the opposite order.
 *
 * HIVE_PORT (8080, or the next free one), HIVE_HOST and every other setting of engine/kernel/settings.ts are passed on.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { provision, type Provisioned } from './provision/index.ts';
import { agentsMissing, startAgents } from './start/agents.ts';
import { demoOn, firstCall } from './start/demo.ts';
import { startEngine } from './start/engine.ts';

const clone = join(import.meta.dirname, '..');
const kept = join(clone, '.hive');
const say = (line: string) => console.log(line);

/** What is running, in the order in which it was started. */
const running: { stop(): Promise<void> }[] = [];
let ending: Promise<never> | undefined;

function end(code: number): Promise<never> {
  return (ending ??= endAll(code));
}

async function endAll(code: number): Promise<never> {
  for (let part = running.pop(); part; part = running.pop()) {
    await part.stop().catch((error: Error) => console.error(`while stopping: ${error.message}`));
  }
  process.exit(code);
}

/** A part that is started while everything is being ended is ended as well. */
function keep<Part extends { stop(): Promise<void> }>(part: Part): Part {
  running.push(part);
  return part;
}

/** Nothing works without this part, so its end is everybody's. */
function lost(reason: string): void {
  if (ending) return;
  console.error(reason);
  void end(1);
}

async function start(): Promise<void> {
  mkdirSync(kept, { recursive: true });
  const stores: Provisioned = keep(await provision({ purpose: 'demo', keepDataIn: kept, lost }));
  say(stores.describe());
  const engine = keep(await startEngine({ clone, kept, stores, say, lost }));
  const demo = await demoOn(engine.url, join(kept, 'demo.json'));
  const agents = keep(await startAgents({ clone, kept, engineUrl: engine.url, token: demo.token, say }));
  const missing = await agentsMissing(engine.url, demo.token, agents.slugs);
  say(`agents with simulated GPUs: ${agents.slugs.join(', ')}${missing.length ? `; the engine does not see ${missing.join(', ')} yet, why is in agent-*.log` : ', all seen by the engine'}`);
  say(`demo: tenant ${demo.slug}, ${demo.email}, password ${demo.password}`);
  say(`logs and kept files: ${kept}\n`);
  say(`Hive Queen is ready at ${engine.url} (what it can do: ${engine.url}/docs). Ctrl-C ends it.\nA first call:\n`);
  say(`  ${firstCall(engine.url, demo)}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!ending) say('\nending...');
    void end(0);
  });
}

try {
  await start();
} catch (error) {
  if (!ending) console.error((error as Error).message);
  await end(1);
}
