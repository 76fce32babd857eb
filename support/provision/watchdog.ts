/**
 * The process that holds what a run started, and lets it go when the run ends (P4). Run as a program:
 *
 *   stdin    one line, the plan; then nothing until it closes, which is the order to end everything
 *   stdout   one JSON line a report: ready, failed, lost
 *
 * It leads a session of its own, so a Ctrl-C at the terminal reaches the runner and not the stores. The stores are
 * its children from their first moment: there is no gap in which they run and nobody knows their pids.
 */
import { createInterface } from 'node:readline';
import { removeContainersOf } from './docker-engine.ts';
import { takeHome } from './kept-home.ts';
import { createRunFolder, endProcessesIn, removeRunFolder } from './run-folder.ts';
import { onFreePort, startPostgres, startRedis, type Store, type StorePlan } from './stores.ts';

export interface EmbeddedPlan extends StorePlan {
  readonly kind: 'embedded';
  /** Folder in which this run makes its own. */
  readonly runsFolder: string;
  /** Folder of kept data; without it the data lies in the run's folder and goes with it. */
  readonly home: string | undefined;
}

export interface ContainersPlan {
  readonly kind: 'containers';
  /** Identity of the runner, the value of the containers' label. */
  readonly runner: string;
  /** Whether their data outlives this start, so that they should end cleanly. */
  readonly keep: boolean;
}

export type Plan = EmbeddedPlan | ContainersPlan;

export type Report =
  | { readonly kind: 'ready'; readonly databaseUrl?: string; readonly redisUrl?: string; readonly folder?: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'lost'; readonly reason: string };

function report(message: Report): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** Aborts when the runner closes the pipe or is gone, or when somebody asks this process itself to end. */
function endOfRun(): AbortSignal {
  const over = new AbortController();
  for (const event of ['end', 'close', 'error']) process.stdin.on(event, () => over.abort());
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => over.abort());
  // The runner may be gone when a report is written; that is the normal case here, not an error.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  return over.signal;
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));

async function holdStores(plan: EmbeddedPlan, over: AbortSignal): Promise<void> {
  const folder = createRunFolder(plan.runsFolder);
  const folders = { run: folder, home: plan.home ?? folder };
  const held: Store[] = [];
  let leaveHome = () => {};
  try {
    if (plan.home) leaveHome = await takeHome(plan.home);
    for (const start of [startPostgres, startRedis]) held.push(await onFreePort(() => start(plan, folders, over)));
    for (const store of held) store.process.on('exit', () => over.aborted || report({ kind: 'lost', reason: `${store.name} ended while it was in use` }));
    report({ kind: 'ready', databaseUrl: held[0]!.url, redisUrl: held[1]!.url, folder });
    await aborted(over);
  } catch (error) {
    report({ kind: 'failed', reason: (error as Error).message });
  } finally {
    await Promise.all(held.map((store) => store.stop()));
    if (held.length && plan.home) await endProcessesIn(plan.home);
    leaveHome();
    await removeRunFolder(folder);
  }
}

/** The containers are the engine's children, not ours; they are found by their label. */
async function holdContainers({ runner, keep }: ContainersPlan, over: AbortSignal): Promise<void> {
  report({ kind: 'ready' });
  await aborted(over);
  await removeContainersOf((owner) => owner === runner, { clean: keep });
}

async function main(): Promise<void> {
  const over = endOfRun();
  const lines = createInterface({ input: process.stdin });
  const first = await Promise.race([new Promise<string>((resolve) => lines.once('line', resolve)), aborted(over)]);
  if (!first) return;
  const plan: Plan = JSON.parse(first);
  await (plan.kind === 'embedded' ? holdStores(plan, over) : holdContainers(plan, over));
}

if (import.meta.main) {
  await main();
  process.exit(0);
}
