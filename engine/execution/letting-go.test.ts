/** A process stops, loses a shard, gets it back, or cannot go on: what it may still write, and who ends the execution. */
import { expect } from 'chai';
import { describe, it } from 'node:test';
import { defineError } from '../kernel/index.ts';
import type { Position } from '../journal/index.ts';
import { bodies, codeOf, createActor, createStage, expectGrowing, playThrough, storyOf, tenant, until, untilOver, type Play } from './rehearsal.test.ts';

const play: Play = {
  parts: [{ name: 'Start', to: [['Charge']] }, { name: 'Charge', kind: 'effect', to: [['Ship']] }, { name: 'Ship', kind: 'effect' }],
};
const hanging: Play = { parts: [{ name: 'Start', to: [['Charge']] }, { name: 'Charge', kind: 'effect', lines: ['hangs'] }] };
const waiting: Play = { parts: [{ name: 'Start', to: [['Wait']] }, { name: 'Wait', kind: 'wait', lines: ['hangs'] }] };

const storyUndisturbed = async (wanted: Play) => storyOf((await playThrough(wanted)).log);
const callsOf = (stage: ReturnType<typeof createStage>, node: string) => stage.calls.filter((call) => call.node === node).length;

const endlessDrain = ({ clock }: ReturnType<typeof createStage>) => ({ ...clock, sleep: () => new Promise<void>(() => undefined) });

describe('a process that loses its shard', () => {
  it('writes nothing of the run any more, although the shard is its own again', async () => {
    const stage = createStage();
    const actor = createActor(stage, play);
    await actor.gain();
    const first = await actor.start();
    await until(() => callsOf(stage, 'Charge') === 1);
    // The node that runs now answers after both.
    actor.lose();
    await actor.gain();
    await untilOver(stage);
    expect(await first.ended, 'what the first run told').to.equal(undefined);
    expect(storyOf(stage.log)).to.deep.equal(await storyUndisturbed(play));
  });

  it('goes on once when its last append but one turns out to be written', async () => {
    const stage = createStage();
    const held = Promise.withResolvers<void>();
    const write = stage.write;
    let position: Position | undefined;
    // Written, but its answer stays away: the database is slow.
    stage.write = (...given) => {
      const written = write(...given);
      if (position || bodies(stage, 'step.settled').at(-1)?.node !== 'Ship') return written;
      position = written;
      return held.promise.then(() => written) as unknown as Position;
    };
    const actor = createActor(stage, play);
    await actor.gain();
    await actor.start();
    await until(() => position !== undefined);
    actor.lose();
    await actor.gain();
    held.resolve();
    await untilOver(stage);
    expect(storyOf(stage.log)).to.deep.equal(await storyUndisturbed(play));
  });

  it('takes up a run once, although it was still being looked up when the shard came back', async () => {
    const stage = createStage();
    stage.log.push(...(await playThrough(play)).log.filter(({ position }) => position.lsn <= 3));
    const looked = Promise.withResolvers<void>();
    const actor = createActor(stage, play, { tenancy: { find: () => looked.promise.then(() => tenant) } });
    void actor.gain();
    actor.lose();
    void actor.gain();
    looked.resolve();
    await untilOver(stage);
    expect(storyOf(stage.log)).to.deep.equal(await storyUndisturbed(play));
    expect(callsOf(stage, 'Ship'), 'calls of a step').to.equal(1);
  });
});

describe('a process that is told to stop', () => {
  it('ends the running step, and another process makes the next one', async () => {
    const stage = createStage();
    const actor = createActor(stage, play, { clock: endlessDrain(stage) });
    await actor.gain();
    const { ended } = await actor.start();
    await until(() => callsOf(stage, 'Charge') === 1);
    await actor.executions.stop();
    actor.lose();
    expect(await ended).to.equal(undefined);
    expect([callsOf(stage, 'Charge'), callsOf(stage, 'Ship')]).to.deep.equal([1, 0]);
    await createActor(stage, play).gain();
    await untilOver(stage);
    expect(callsOf(stage, 'Charge'), 'calls of the step that was ended').to.equal(1);
    expect(storyOf(stage.log)).to.deep.equal(await storyUndisturbed(play));
  });

  it('waits for a step no longer than the drain allows, although the node does not listen', async () => {
    const stage = createStage();
    const actor = createActor(stage, hanging);
    await actor.gain();
    const { ended } = await actor.start();
    await until(() => callsOf(stage, 'Charge') === 1);
    const before = stage.clock.now();
    await actor.executions.stop();
    expect(stage.clock.now() - before).to.equal(1_000);
    expect(await ended).to.equal(undefined);
    expect(bodies(stage, 'step.settled').map(({ node }) => node)).to.deep.equal(['Start']);
  });

  it('does not wait for a log that cannot be written', async () => {
    const stage = createStage();
    const actor = createActor(stage, play, { fate: { append: 3, written: false } });
    await actor.gain();
    await actor.start();
    await actor.died;
    await actor.executions.stop();
  });

  it('leaves a wait at once, because nothing is lost by that', async () => {
    const stage = createStage();
    const actor = createActor(stage, waiting, { clock: endlessDrain(stage) });
    await actor.gain();
    const { ended } = await actor.start();
    await until(() => callsOf(stage, 'Wait') === 1);
    void actor.executions.stop();
    expect(await ended).to.equal(undefined);
    expect(bodies(stage, 'step.settled').map(({ node }) => node)).to.deep.equal(['Start']);
  });

  it('starts nothing new, and says so', async () => {
    const stage = createStage();
    const actor = createActor(stage, play);
    await actor.gain();
    await actor.executions.stop();
    expect(await codeOf(actor.start())).to.equal('JOURNAL_STOPPED');
    expect(stage.log).to.deep.equal([]);
  });
});

describe('an execution that cannot be carried on', () => {
  const gone = defineError<object>('TEST_WORKFLOW_GONE', 404, () => 'gone');
  const unfinished = async () => (await playThrough(play)).log.filter(({ position }) => position.lsn <= 3);

  /** Ended as failed, once, over legal phases, with its hook and its event. */
  function expectBrokenOff(stage: ReturnType<typeof createStage>, code: string) {
    const [end] = bodies(stage, 'run.finished');
    expect(end).to.deep.include({ status: 'failed', output: null });
    expect(end!.error!.code).to.equal(code);
    expect(bodies(stage, 'phase.changed').at(-1)).to.include({ to: 'COMPLETED' });
    expectGrowing(bodies(stage, 'phase.changed').map(({ sequence }) => sequence));
    expectGrowing(bodies(stage, 'hook.fired').map(({ sequence }) => sequence));
    expect(bodies(stage, 'hook.fired').at(-1)).to.include({ event: 'error:occurred' });
    expect(bodies(stage, 'audit.recorded').map(({ outcome }) => outcome)).to.deep.equal(['failure']);
    expect(stage.told.at(-1)).to.include({ type: 'error' });
  }

  it('is tried again when what it needs is only away for a while', async () => {
    const stage = createStage();
    stage.log.push(...(await unfinished()));
    let tries = 0;
    const find = async () => {
      if ((tries += 1) < 4) throw new Error('the database is away');
      return tenant;
    };
    await createActor(stage, play, { tenancy: { find } }).gain();
    for (const waitMs of [200, 400, 800]) {
      stage.clock.advance(waitMs);
      await new Promise(setImmediate);
    }
    expect((await untilOver(stage)).status).to.equal('completed');
    expect(storyOf(stage.log)).to.deep.equal(await storyUndisturbed(play));
  });

  it('is not tried again here when the shard went elsewhere meanwhile', async () => {
    const stage = createStage();
    stage.log.push(...(await unfinished()));
    let tries = 0;
    const actor = createActor(stage, play, { tenancy: { find: async () => Promise.reject(new Error(`away ${(tries += 1)}`)) } });
    await actor.gain();
    actor.lose();
    stage.clock.advance(60_000);
    await new Promise(setImmediate);
    expect(tries).to.equal(1);
  });

  it('is ended as failed when its workflow is gone', async () => {
    const stage = createStage();
    stage.log.push(...(await unfinished()));
    await createActor(stage, play, { workflows: { load: () => Promise.reject(gone({})) } }).gain();
    await untilOver(stage);
    expectBrokenOff(stage, 'TEST_WORKFLOW_GONE');
  });

  it('is ended as failed when this engine would take other steps than its log tells', async () => {
    const stage = createStage();
    stage.log.push(...(await unfinished()));
    const other: Play = { parts: [{ name: 'Start' }] };
    await createActor(stage, other).gain();
    await untilOver(stage);
    expectBrokenOff(stage, 'REPLAY_DIVERGED');
  });

  it('is ended as failed by an engine that fails in a way it did not foresee', async () => {
    const stage = createStage();
    const failing: Play = { parts: [{ name: 'Start', lines: ['fails'] }] };
    const actor = createActor(stage, failing, { chooseRecovery: () => Promise.reject(new TypeError('a mistake')) });
    await actor.gain();
    const { ended } = await actor.start();
    expect((await ended)!.body.status).to.equal('failed');
    expectBrokenOff(stage, 'INTERNAL_ERROR');
  });

  it('is ended as failed when its log does not take what it has to say', async () => {
    const tooLarge = defineError<object>('TEST_TOO_LARGE', 413, () => 'too large');
    const stage = createStage();
    const write = stage.write;
    stage.write = (records, messages) => {
      if (records.some(({ kind, body }) => kind === 'run.finished' && (body as { output: unknown }).output)) throw tooLarge({});
      return write(records, messages);
    };
    const actor = createActor(stage, play);
    await actor.gain();
    await actor.start();
    await untilOver(stage);
    expectBrokenOff(stage, 'TEST_TOO_LARGE');
  });
});
