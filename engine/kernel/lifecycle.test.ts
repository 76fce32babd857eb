import { expect } from 'chai';
import { describe, it } from 'node:test';
import { createLifecycle, type Service } from './lifecycle.ts';
import { silentLogger } from './logger.ts';

/** Services that note what they are told; `odd` overrides some of it. */
function company(names: readonly string[], odd: Record<string, Partial<Service>> = {}) {
  const told: string[] = [];
  const services = names.map((name): Service => ({
    name,
    start: async () => {
      told.push(`start ${name}`);
      await odd[name]?.start?.();
    },
    stop: async () => {
      told.push(`stop ${name}`);
      await odd[name]?.stop?.();
    },
  }));
  return { told, lifecycle: createLifecycle(services, silentLogger) };
}
const broken = { start: () => Promise.reject(new Error('no ground')) };

describe('lifecycle', () => {
  it('starts upward and stops downward, once', async () => {
    const { told, lifecycle } = company(['ground', 'house']);
    await lifecycle.start();
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    expect(told).to.deep.equal(['start ground', 'start house', 'stop house', 'stop ground']);
  });

  it('takes down what a failed start left, the failed service included', async () => {
    const { told, lifecycle } = company(['ground', 'house', 'roof'], { house: broken });
    const error = (await lifecycle.start().catch((thrown: unknown) => thrown)) as Error;
    expect([error.message, (error.cause as Error).message]).to.deep.equal(['service house failed to start', 'no ground']);
    expect(told).to.deep.equal(['start ground', 'start house', 'stop house', 'stop ground']);
  });

  for (const [what, settle] of [['succeeds', 'resolve'], ['fails', 'reject']] as const)
    it(`stops while it is starting: what starts is taken down, be it that it ${what}, and the rest never begins`, async () => {
      const slow = Promise.withResolvers<void>();
      const { told, lifecycle } = company(['ground', 'house', 'roof'], { house: { start: () => slow.promise } });
      const started = lifecycle.start();
      await new Promise(setImmediate);
      const stopped = lifecycle.stop();
      slow[settle]();
      await Promise.all([started, stopped]);
      expect(lifecycle.stopping).to.equal(true);
      expect(told).to.deep.equal(['start ground', 'start house', 'stop house', 'stop ground']);
    });

  it('stops the others when one fails to', async () => {
    const { told, lifecycle } = company(['ground', 'house'], { house: { stop: () => Promise.reject(new Error('stuck')) } });
    await lifecycle.start();
    await lifecycle.stop();
    expect(told.at(-1)).to.equal('stop ground');
  });
});
