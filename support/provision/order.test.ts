import { expect } from 'chai';
import { describe, it } from 'node:test';
import { provisionBy } from './index.ts';
import type { Mode, Provisioned, ProvisionRequest, Refusal, Strategy } from './strategy.ts';

const stores = (mode: Mode): Provisioned => ({ mode, databaseUrl: 'postgres://x/hive', redisUrl: 'redis://x', describe: () => mode, stop: async () => undefined });
const way = (mode: Mode, start: () => Promise<Provisioned | Refusal>, keptData = false): Strategy => ({ mode, start, keptDataExists: () => keptData });
const works = (mode: Mode, keptData = false) => way(mode, async () => stores(mode), keptData);
const refuses = (mode: Mode) => way(mode, async () => ({ refused: `no ${mode} here` }));
const breaks = (mode: Mode) => way(mode, async () => Promise.reject(new Error(`${mode} broke`)));

function asked(rest: Partial<ProvisionRequest> = {}) {
  const said: string[] = [];
  const request: ProvisionRequest = { purpose: 'tests', environment: {}, say: (line) => void said.push(line), ...rest };
  return { request, said };
}

const failure = (promise: Promise<unknown>) => promise.then(() => 'it worked', (error: Error) => error.message);

describe('the order in which stores are looked for', () => {
  it('takes the first way that is open and says why not the ones before it', async () => {
    const { request, said } = asked();
    const found = await provisionBy([refuses('external'), breaks('containers'), works('embedded')], request);
    expect(found.mode).to.equal('embedded');
    expect(said).to.deep.equal(['not external: no external here', 'not containers: containers broke']);
  });

  it('lists every reason when no way is open', async () => {
    const message = await failure(provisionBy([refuses('external'), refuses('containers'), breaks('embedded')], asked().request));
    expect(message).to.include('external: no external here').and.include('containers: no containers here').and.include('embedded: embedded broke');
  });

  it('takes nothing in the place of external stores that were set and do not answer', async () => {
    expect(await failure(provisionBy([breaks('external'), works('embedded')], asked().request))).to.equal('external broke');
  });

  it('takes the named way although another comes first, and nothing in its place', async () => {
    const named = asked({ environment: { HIVE_PROVISION: 'embedded' } });
    expect((await provisionBy([works('external'), works('embedded')], named.request)).mode).to.equal('embedded');
    expect(await failure(provisionBy([works('external'), refuses('embedded')], named.request))).to.include('asks for embedded').and.include('no embedded here');
  });

  it('refuses a name that is none of the ways', async () => {
    expect(await failure(provisionBy([works('embedded')], asked({ environment: { HIVE_PROVISION: 'cloud' } }).request))).to.include('"cloud"');
  });

  it('goes back to the way that has the kept data, and begins nothing empty in its place', async () => {
    const kept = asked({ purpose: 'demo', keepDataIn: '/kept' }).request;
    const order = [refuses('external'), works('containers'), works('embedded', true)];
    expect((await provisionBy(order, kept)).mode).to.equal('embedded');
    expect((await provisionBy(order, asked().request)).mode).to.equal('containers');
    const inUse = way('embedded', async () => Promise.reject(new Error('in use')), true);
    expect(await failure(provisionBy([refuses('external'), works('containers'), inUse], kept))).to.include('in use');
  });
});
