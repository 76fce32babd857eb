import { describe, it } from 'node:test';
import { expect } from 'chai';
import { silentLogger } from '../kernel/index.ts';
import { createSpares } from './spares.ts';

function stock() {
  const rounds: PromiseWithResolvers<number>[] = [];
  const fill = () => {
    const round = Promise.withResolvers<number>();
    rounds.push(round);
    return round.promise;
  };
  return { rounds, spares: createSpares({ fill }, { wanted: 2, log: silentLogger }) };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('spare tenants', () => {
  it('are looked after one round at a time, with one more when asked meanwhile', async () => {
    const { rounds, spares } = stock();
    for (let asked = 0; asked < 5; asked += 1) spares.replenish();
    expect(rounds).to.have.length(1);
    spares.replenish();
    rounds[0]?.resolve(2);
    await settled();
    expect(rounds).to.have.length(2);
    rounds[1]?.resolve(0);
    await settled();
    expect(rounds).to.have.length(2);
    spares.replenish();
    expect(rounds).to.have.length(3);
  });

  it('survive a round that failed', async () => {
    const { rounds, spares } = stock();
    spares.replenish();
    rounds[0]?.reject(new Error('the database is away'));
    await settled();
    spares.replenish();
    expect(rounds).to.have.length(2);
  });

  it('are left alone after the stop, which waits for the round under way', async () => {
    const { rounds, spares } = stock();
    spares.replenish();
    let stopped = false;
    const stop = spares.stop().then(() => (stopped = true));
    await settled();
    expect(stopped).to.equal(false);
    rounds[0]?.resolve(2);
    await stop;
    spares.replenish();
    expect(rounds).to.have.length(1);
  });
});
