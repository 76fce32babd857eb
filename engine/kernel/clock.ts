/**
 * Time arrives as an argument. Rooms take a `Clock`; only this file reads the system's time, so that one
 * place decides what "now" and "later" mean for a process.
 *
 * Leases do not use it: they go by the database's clock, because processes must agree on them.
 */
export interface Timer {
  /** Safe to call twice and after it fired. */
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `action` once, no earlier than `delayMs` from now. */
  after(delayMs: number, action: () => void): Timer;
  /** Resolves after `delayMs`; rejects with the signal's reason when that aborts first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** setTimeout overflows to 1 ms beyond this, so longer waits are chained. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

function after(delayMs: number, action: () => void): Timer {
  let handle: NodeJS.Timeout;
  let remaining = delayMs;
  const arm = () => {
    const slice = Math.min(Math.max(remaining, 0), LONGEST_TIMEOUT_MS);
    remaining -= slice;
    handle = setTimeout(() => (remaining > 0 ? arm() : action()), slice);
  };
  arm();
  return { cancel: () => clearTimeout(handle) };
}

function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = systemClock.after(delayMs, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    const abort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
}

export const systemClock: Clock = { now: () => Date.now(), after, sleep };
