/** Keeps spare tenants in stock, in the background: one round at a time, and one more if one was asked for meanwhile. */
import type { Logger } from '../kernel/index.ts';
import type { Provisioning } from './provisioning.ts';

export interface Spares {
  /** Looks at the stock soon; never throws and need not be awaited. */
  replenish(): void;
  /** Resolves when the round under way is over; no other one begins. */
  stop(): Promise<void>;
}

export function createSpares(provisioning: Pick<Provisioning, 'fill'>, { wanted, log }: { wanted: number; log: Logger }): Spares {
  let round: Promise<void> | undefined;
  let askedAgain = false;
  let stopped = false;

  async function rounds() {
    do {
      askedAgain = false;
      await provisioning.fill(wanted).catch((error: unknown) => log.error({ err: error }, 'spare tenants could not be prepared; the next claim tries again'));
    } while (askedAgain && !stopped);
    round = undefined;
  }

  return {
    replenish() {
      if (stopped || wanted === 0) return;
      askedAgain = true;
      round ??= rounds();
    },
    async stop() {
      stopped = true;
      await round;
    },
  };
}
