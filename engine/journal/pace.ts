/**
 * Waiting in real seconds. The kernel's clock may be moved by whoever runs the process; leases agree with the
 * database's clock, and so must every wait that decides when to ask it again (J8).
 */
import { clearTimeout, setTimeout } from 'node:timers';
import type { Timer } from '../kernel/index.ts';

/** Does not keep the process alive. */
export function inRealTime(delayMs: number, action: () => void): Timer {
  const handle = setTimeout(action, delayMs);
  handle.unref();
  return { cancel: () => clearTimeout(handle) };
}

export const pause = (delayMs: number) => new Promise<void>((resolve) => void inRealTime(delayMs, resolve));

/** Grows from 20 ms by doubling to `longestMs`. */
export const backoffMs = (attempt: number, longestMs = 2_000) => Math.min(20 * 2 ** Math.min(attempt, 16), longestMs);

export interface Bell {
  /** Ends the present wait or, if nobody waits, the next one at once. */
  ring(): void;
  /** Until the bell rings or the time is over. */
  wait(atMostMs?: number): Promise<void>;
}

/** For one loop that sleeps while there is nothing to do. */
export function createBell(): Bell {
  let rung = false;
  let waiting: (() => void) | undefined;
  const ring = () => {
    rung = true;
    waiting?.();
  };
  const wait = (atMostMs?: number) =>
    new Promise<void>((resolve) => {
      const timer = atMostMs === undefined ? undefined : inRealTime(atMostMs, ring);
      waiting = () => {
        timer?.cancel();
        waiting = undefined;
        rung = false;
        resolve();
      };
      if (rung) waiting();
    });
  return { ring, wait };
}

/** `work`, or nothing after `atMostMs`: for a stop that must end. */
export function within<T>(work: Promise<T>, atMostMs: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = inRealTime(atMostMs, () => resolve(undefined));
    work.finally(() => timer.cancel()).then(resolve, reject);
  });
}
