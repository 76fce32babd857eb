import type { Logger } from '../../kernel/index.ts';
import { sandboxClosed } from './errors.ts';
import type { Vocabulary } from './expression-rewriting.ts';
import type { Call } from './isolate.ts';
import { createSandboxProcess, LimitExceeded, type SandboxProcess } from './processes.ts';

/** Calls the inside. Refuses with LimitExceeded, also when the job's time is over. */
export type Enter = (call: Call['call'], ...texts: readonly string[]) => Promise<string>;

/** One job's time in the sandbox, all its calls and waits together. */
export interface Visit {
  readonly enter: Enter;
  readonly remainingMs: () => number;
}

export interface PoolOptions {
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly processes: number;
  readonly log: Logger;
}

export interface Pool {
  /** What the inside offers, by its own account. */
  vocabulary(): Promise<Vocabulary>;
  /** Gives `work` a process of its own until it settles; jobs that find none wait in order. */
  run<Result>(executionId: string, work: (visit: Visit) => Promise<Result>): Promise<Result>;
  /** Jobs under way and waiting fail with SANDBOX_CLOSED. Safe twice. */
  close(): Promise<void>;
}

interface Slot {
  readonly process: SandboxProcess;
  busy: boolean;
  /** Whose context the process may still have. */
  lastExecution: string | undefined;
}

interface Waiting {
  readonly take: (slot: Slot) => void;
  readonly refuse: (error: Error) => void;
}

/** Starts one process at once, the others when they are first needed. */
export function createPool({ memoryMb, timeoutMs, processes, log }: PoolOptions): Pool {
  const newSlot = (): Slot => ({ process: createSandboxProcess({ memoryMb, log }), busy: false, lastExecution: undefined });
  const first = newSlot();
  const slots = [first];
  const waiting: Waiting[] = [];
  let closed = false;

  const acquire = async (executionId: string): Promise<Slot> => {
    if (closed) throw sandboxClosed({});
    const idle = slots.filter(({ busy }) => !busy);
    const slot = idle.find(({ lastExecution }) => lastExecution === executionId) ?? idle[0] ?? (slots.length < processes ? newSlot() : undefined);
    if (slot === undefined) return new Promise((take, refuse) => waiting.push({ take, refuse }));
    if (!slots.includes(slot)) slots.push(slot);
    slot.busy = true;
    return slot;
  };

  const release = (slot: Slot) => {
    const next = waiting.shift();
    if (next === undefined) slot.busy = false;
    else next.take(slot);
  };

  return {
    vocabulary: () => first.process.vocabulary(),
    async run(executionId, work) {
      const slot = await acquire(executionId);
      slot.lastExecution = executionId;
      try {
        // A job's time does not run while its process is still starting.
        await slot.process.vocabulary();
        return await work(visit(slot.process, executionId, timeoutMs));
      } finally {
        release(slot);
      }
    },
    async close() {
      closed = true;
      for (const { refuse } of waiting.splice(0)) refuse(sandboxClosed({}));
      await Promise.all(slots.map(({ process }) => process.close()));
    },
  };
}

function visit(process: SandboxProcess, executionId: string, timeoutMs: number): Visit {
  const deadline = performance.now() + timeoutMs;
  const remainingMs = () => deadline - performance.now();
  const enter: Enter = (call, ...texts) => {
    const left = Math.ceil(remainingMs());
    return left > 0 ? process.call({ call, executionId, timeoutMs: left }, texts) : Promise.reject(new LimitExceeded('time'));
  };
  return { enter, remainingMs };
}
