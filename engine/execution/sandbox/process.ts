/**
 * A sandbox process: one isolate behind a pipe. Started by `processes.ts`, never by hand. It holds no secrets,
 * no connections and no environment, so that whoever left the isolate would have gained nothing; and it may
 * die at any moment, because everything it does can be repeated elsewhere.
 */
import { readFrames, writeFrame } from './frames.ts';
import { createIsolate, type Call } from './isolate.ts';
import { sandboxSnapshot } from './snapshot.ts';

/** Sent once, before any answer. */
export interface Greeting {
  readonly names: readonly string[];
  readonly extensions: readonly string[];
}

export type Reply = { readonly greeting: Greeting } | { readonly limit: 'time' | 'memory' } | { readonly fault: string } | { readonly answered: true };

/** How far beyond the isolate's own limit the process may grow before it ends itself. */
const HEADROOM_MB = 256;
const WATCH_EVERY_MS = 25;

const end = (): never => process.kill(process.pid, 'SIGKILL') as never;

/**
 * Some of V8's own loops (`Array(1e9).fill(0)`) neither stop for a limit nor count against one until they are
 * through. The isolate runs on another thread, so this one can still watch.
 */
function endWhenTooLarge(memoryMb: number): void {
  const most = process.memoryUsage.rss() + (memoryMb + HEADROOM_MB) * 2 ** 20;
  setInterval(() => process.memoryUsage.rss() > most && end(), WATCH_EVERY_MS).unref();
}

function serve(memoryMb: number): void {
  const snapshot = sandboxSnapshot();
  const isolate = createIsolate(snapshot, memoryMb, end);
  const reply = (head: Reply, texts: readonly string[] = []) => writeFrame(process.stdout, head, texts);
  endWhenTooLarge(memoryMb);
  let busy = false;
  readFrames<Call>(process.stdin, async (call, texts) => {
    busy = true;
    await isolate.enter(call, texts).then(
      (outcome) => ('text' in outcome ? reply({ answered: true }, [outcome.text]) : reply(outcome)),
      (error: unknown) => reply({ fault: String(error) }),
    );
    busy = false;
  });
  // The pipe closes when the engine is gone, however it went. A normal exit would wait for a thread that is stuck.
  process.stdin.on('end', () => (busy ? end() : process.exit(0)));
  const { names, extensions } = snapshot.vocabulary;
  reply({ greeting: { names: [...names], extensions: [...extensions] } });
}

// The engine decides when this process ends: a signal to the whole group must not fail jobs that it still drains.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.stdout.on('error', end);

serve(Number(process.argv[2]));
