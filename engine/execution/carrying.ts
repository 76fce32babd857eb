/**
 * Which runs this process carries on, and how it lets go of them.
 *
 * Owns: runs by shard, stopping. Does not know: how a run proceeds, or what it writes.
 *
 * C1. A run is carried under the tenure of its shard, the stretch between gaining and losing it. Whatever was begun
 *     under an earlier tenure never goes on under a later one, although the shard is ours again: its successor was
 *     built from the log, and two of them would write everything twice.
 * C2. To let go of a run is to stop waiting for it, whatever it waits for: a node that does not listen, or a log
 *     that cannot be written because the database is away. Its own log refuses the rest (R4).
 */
import type { Clock } from '../kernel/index.ts';
import type { Grip } from './hold.ts';

interface Carried {
  readonly grip: Grip;
  readonly done: Promise<unknown>;
}

export interface Tenure {
  readonly shard: number;
  readonly runs: Set<Carried>;
  over: boolean;
}

export interface Carrying {
  /** The shard is ours from now on. */
  gained(shard: number): Tenure;
  /** The shard is somebody else's: nothing of it may be touched here again. */
  lost(shard: number): void;
  tenureOf(shard: number): Tenure | undefined;
  /** Whether a run of this tenure may still be begun. */
  accepts(tenure: Tenure): boolean;
  readonly stopping: boolean;
  /** Does the work until it ends or is let go of; then the promise rejects with the reason. */
  carry<T>(tenure: Tenure, grip: Grip, work: () => Promise<T>): Promise<T>;
  /** Lets running steps end for so long, then lets go of what is left. */
  stop(): Promise<void>;
}

export function createCarrying({ clock, drainMs }: { readonly clock: Clock; readonly drainMs: number }): Carrying {
  const tenures = new Map<number, Tenure>();
  let stopReason: Error | undefined;

  const all = () => [...tenures.values()].flatMap(({ runs }) => [...runs]);

  function lost(shard: number) {
    const tenure = tenures.get(shard);
    if (!tenure) return;
    tenures.delete(shard);
    tenure.over = true;
    for (const { grip } of tenure.runs) grip.letGoFor(new Error(`shard ${shard} is not owned by this process any more`));
  }

  function gained(shard: number): Tenure {
    lost(shard);
    const tenure = { shard, runs: new Set<Carried>(), over: false };
    tenures.set(shard, tenure);
    return tenure;
  }

  function carry<T>(tenure: Tenure, grip: Grip, work: () => Promise<T>): Promise<T> {
    if (tenure.over) grip.letGoFor(new Error(`shard ${tenure.shard} was lost before the run began`));
    if (stopReason) grip.haltFor(stopReason);
    const done = untilLetGo(grip.letGo, work);
    const carried = { grip, done };
    tenure.runs.add(carried);
    const forget = () => void tenure.runs.delete(carried);
    done.then(forget, forget);
    return done;
  }

  async function stop() {
    const reason = (stopReason ??= new Error('this process is stopping'));
    const running = all();
    for (const { grip } of running) grip.haltFor(reason);
    const drained = new AbortController();
    const ended = Promise.allSettled(running.map(({ done }) => done));
    await Promise.race([ended, clock.sleep(drainMs, drained.signal).catch(() => undefined)]);
    drained.abort();
    for (const { grip } of all()) grip.letGoFor(reason);
    await ended;
  }

  return {
    gained,
    lost,
    tenureOf: (shard) => tenures.get(shard),
    accepts: (tenure) => !tenure.over && !stopReason,
    get stopping() {
      return stopReason !== undefined;
    },
    carry,
    stop,
  };
}

/** C2. The signal belongs to the run alone, so nothing has to be unhooked from it. */
function untilLetGo<T>(letGo: AbortSignal, work: () => Promise<T>): Promise<T> {
  const leave = new Promise<never>((_, reject) => {
    if (letGo.aborted) reject(letGo.reason);
    else letGo.addEventListener('abort', () => reject(letGo.reason), { once: true });
  });
  // Without it an aborted signal would be an unhandled rejection when the work ends at the same moment.
  leave.catch(() => undefined);
  return Promise.race([work(), leave]);
}
