import { describe, it } from 'node:test';
import { expect } from 'chai';
import { createGpu, QueueFull, type GpuOptions, type Slot } from './gpu-model.ts';
import { modelNamed } from './models.ts';

const small = modelNamed('llama3.1:8b');
const other = modelNamed('mistral:7b');
const large = modelNamed('qwen2.5:32b');
const never = new AbortController().signal;

/** Time stands still unless `pass` moves it; sleeping takes none. */
function card(rest: Partial<GpuOptions> = {}) {
  let now = 0;
  const time = { now: () => now, sleep: async () => undefined };
  const gpu = createGpu({ vramBytes: 24e9, tokensPerSecond: 60, loadBytesPerSecond: 20e9, parallel: 1, maxQueue: 512, seed: 7, time, ...rest });
  return { gpu, pass: (ms: number) => (now += ms) };
}

const names = (gpu: ReturnType<typeof card>['gpu']) => gpu.loaded().map(({ model }) => model.name);

describe('the memory of the card', () => {
  it('evicts the idle model that would leave first, and never one at work', async () => {
    const { gpu } = card({ vramBytes: 13e9 });
    (await gpu.acquire(small, never)).release(60_000);
    const working = await gpu.acquire(other, never);
    expect(names(gpu)).to.have.members([small.name, other.name]);
    const third = await gpu.acquire(modelNamed('gemma2:9b'), never);
    expect(names(gpu)).to.have.members([other.name, 'gemma2:9b']);
    working.release(60_000);
    third.release(60_000);
  });

  it('makes a model wait that finds no room beside those at work', async () => {
    const { gpu } = card({ vramBytes: 6e9 });
    const working = await gpu.acquire(small, never);
    let begun = false;
    const waiting = gpu.acquire(other, never).then((slot) => ((begun = true), slot));
    await new Promise(setImmediate);
    expect([begun, gpu.load().queue_length]).to.deep.equal([false, 1]);
    working.release(60_000);
    (await waiting).release(60_000);
    expect(names(gpu)).to.deep.equal([other.name]);
  });

  it('lets a model go when its time is up, at once with a keep alive of 0, and never with for ever', async () => {
    const { gpu, pass } = card();
    (await gpu.acquire(small, never)).release(5_000);
    (await gpu.acquire(other, never)).release(0);
    expect(names(gpu)).to.deep.equal([small.name]);
    (await gpu.acquire(other, never)).release(Infinity);
    pass(5_001);
    expect(names(gpu)).to.deep.equal([other.name]);
  });
});

describe('the queue', () => {
  it('serves one model in order, holds up no other model, and refuses when it is full', async () => {
    const { gpu } = card({ maxQueue: 2 });
    const order: string[] = [];
    const first = await gpu.acquire(small, never);
    const slots: Slot[] = [];
    const [second, third] = ['second', 'third'].map((name) => gpu.acquire(small, never).then((slot) => (order.push(name), slots.push(slot), slot)));
    const refusal = await gpu.acquire(small, never).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(QueueFull);
    first.release(1_000);
    (await second)?.release(1_000);
    (await third)?.release(1_000);
    expect(order).to.deep.equal(['second', 'third']);
  });

  it('forgets a request whose client went away', async () => {
    const { gpu } = card();
    const working = await gpu.acquire(small, never);
    const client = new AbortController();
    const gone = gpu.acquire(small, client.signal).catch((error: unknown) => error);
    client.abort(new Error('gone'));
    expect((await gone) as Error).to.have.property('message', 'gone');
    expect(gpu.load().queue_length).to.equal(0);
    working.release(0);
  });
});

describe('the token rate', () => {
  it('falls with load, with heat and for a model that does not fit on the card', async () => {
    const { gpu, pass } = card({ parallel: 2 });
    const alone = await gpu.acquire(small, never);
    const cool = alone.msPerToken();
    const beside = await gpu.acquire(small, never);
    const shared = alone.msPerToken();
    expect(shared).to.be.greaterThan(cool);
    pass(120_000);
    expect(alone.msPerToken(), 'after two minutes of full load').to.be.greaterThan(shared);
    beside.release(0);
    alone.release(0);
    const onCard = await card({ vramBytes: 40e9 }).gpu.acquire(large, never);
    const half = await card({ vramBytes: 10e9 }).gpu.acquire(large, never);
    expect(half.msPerToken()).to.be.greaterThan(onCard.msPerToken() * 1.5);
  });

  it('is the same for the same seed and another for another', async () => {
    const rate = async (seed: number) => (await card({ seed }).gpu.acquire(small, never)).msPerToken();
    expect(await rate(7)).to.equal(await rate(7));
    expect(await rate(7)).to.not.equal(await rate(8));
  });

  it('shows in what the card says of itself', async () => {
    const { gpu, pass } = card();
    const idle = gpu.load();
    const slot = await gpu.acquire(small, never);
    for (let token = 0; token < 11; token += 1) {
      slot.tokenMade();
      pass(20);
    }
    const busy = gpu.load();
    expect([idle.active_tasks, busy.active_tasks, busy.tokens_per_second]).to.deep.equal([0, 1, 50]);
    expect(busy.gpu_usage).to.be.greaterThan(idle.gpu_usage + 50);
    expect(busy.gpu_memory).to.be.greaterThan(idle.gpu_memory);
  });
});
