import { expect } from 'chai';
import { describe, it } from 'node:test';
import { silentLogger, type RequestContext } from '../kernel/index.ts';
import type { Ended } from './orchestrator.ts';
import { createClock } from './rehearsal.test.ts';
import { executionRoutes, type RoutesOptions } from './routes.ts';

const position = { shard: 0, lsn: 1 };
const end = { body: { status: 'completed', output: [{ json: { pies: 3 } }], error: null, statesVisited: ['Start'], at: 0 }, position } as Ended;
const never = new Promise<never>(() => undefined);

interface Situation {
  readonly ended: Promise<Ended | undefined>;
  readonly applied?: Promise<void>;
  readonly mode?: 'sync' | 'async';
  readonly signal?: AbortSignal;
  /** What the tenant allows a call to wait. */
  readonly synchronousWaitMs?: number;
}

/** Answers POST /execute in that situation; time passes only by waiting. */
async function answerIn({ ended, applied = Promise.resolve(), mode = 'sync', signal, synchronousWaitMs }: Situation) {
  const clock = createClock();
  const slept: number[] = [];
  const sleep = (ms: number, over?: AbortSignal) => {
    slept.push(ms);
    return new Promise<void>((resolve, reject) => {
      over?.addEventListener('abort', () => reject(over.reason), { once: true });
      // Later than everything that is there already.
      setImmediate(() => setImmediate(resolve));
    });
  };
  const options = {
    executions: { execute: async () => ({ executionId: 'id', position, ended }) }, workflows: { load: async () => ({ id: 'w' }) },
    identity: { authorise: async () => undefined }, readings: {}, journal: { applied: () => applied }, clock: { ...clock, sleep }, synchronousWaitMs: 10_000,
  } as unknown as RoutesOptions;
  const route = executionRoutes(options).find(({ operationId }) => operationId === 'execute')!;
  const settings = synchronousWaitMs === undefined ? {} : { synchronousWaitMs };
  const context = { tenant: { id: 't', settings }, principal: {}, log: silentLogger, signal: signal ?? new AbortController().signal };
  const answer = await route.handle({ params: {}, query: {}, body: { workflow_id: 'w', mode, run_mode: 'production' } }, context as unknown as RequestContext);
  return { ...answer, slept };
}

describe('the answer to a started execution', () => {
  it('is the result when it ends in time', async () => {
    const { status, body } = await answerIn({ ended: Promise.resolve(end) });
    expect(status).to.equal(200);
    expect(body).to.deep.include({ status: 'completed', result: [{ pies: 3 }], states_visited: ['Start'] });
  });

  it('is 202 when it takes longer than the tenant or the platform waits', async () => {
    expect(await answerIn({ ended: never })).to.deep.include({ status: 202, slept: [10_000, 5_000] });
    expect((await answerIn({ ended: never, synchronousWaitMs: 50 })).slept[0]).to.equal(50);
    expect((await answerIn({ ended: never, synchronousWaitMs: 60_000 })).slept[0]).to.equal(10_000);
  });

  it('is 202 when nobody wants to wait, however fast it ends', async () => {
    expect(await answerIn({ ended: Promise.resolve(end), mode: 'async' })).to.deep.include({ status: 202, slept: [5_000] });
  });

  it('is 202 when another process goes on with it', async () => {
    expect((await answerIn({ ended: Promise.resolve(undefined) })).status).to.equal(202);
  });

  it('does not wait for a client that went away', async () => {
    const gone = new AbortController();
    gone.abort();
    expect((await answerIn({ ended: never, applied: never, signal: gone.signal })).status).to.equal(202);
  });

  it('is told although the tables do not show it: it is durable, and a repeated call would do everything twice', async () => {
    expect((await answerIn({ ended: Promise.resolve(end), applied: Promise.reject(new Error('stopped')) })).status).to.equal(200);
    expect((await answerIn({ ended: Promise.resolve(end), applied: never })).status).to.equal(200);
  });
});
