/** The rooms that work on streams: told of every shard that comes and goes. One that fails does not keep the others from learning of it. */
import type { Logger } from '../kernel/index.ts';
import type { Journal, Recorded } from './port.ts';

export type Resume = Parameters<Journal['onGained']>[0];
export type Abandon = Parameters<Journal['onLost']>[0];

export interface Listeners {
  readonly onGained: Journal['onGained'];
  readonly onLost: Journal['onLost'];
  /** One after the other, in the order of registration. */
  resume(shard: number, open: ReadonlyMap<string, readonly Recorded[]>): Promise<void>;
  abandon(shard: number): void;
}

export function createListeners(log: Logger): Listeners {
  const resumers: Resume[] = [];
  const abandoners: Abandon[] = [];

  async function resume(shard: number, open: ReadonlyMap<string, readonly Recorded[]>) {
    for (const resumeIn of resumers) {
      try {
        await resumeIn(shard, open);
      } catch (error) {
        log.error({ err: error, shard }, 'open streams of a gained shard could not be resumed');
      }
    }
  }

  function abandon(shard: number) {
    for (const abandonIn of abandoners) {
      try {
        abandonIn(shard);
      } catch (error) {
        log.error({ err: error, shard }, 'a room failed to let go of a shard');
      }
    }
  }

  return { onGained: (resumeIn) => void resumers.push(resumeIn), onLost: (abandonIn) => void abandoners.push(abandonIn), resume, abandon };
}
