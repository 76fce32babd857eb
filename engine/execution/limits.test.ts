/** What an execution may take: time, wherever it passes, and room, whoever fills it. */
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'node:test';
import type { StepOutcome, TaskRegistry } from './interpreter/port.ts';
import { isDeeperThan, limits, recordable } from './recordable.ts';
import { bodies, createActor, createStage, until, untilOver, type Play } from './rehearsal.test.ts';

const MINUTE = 60_000;
const registryThat = (execute: TaskRegistry['execute']): TaskRegistry => ({
  kindOf: () => 'pure', validate: async () => undefined, execute, close: async () => undefined,
});
const phasesOf = (stage: ReturnType<typeof createStage>) => bodies(stage, 'phase.changed').map(({ to }) => to);

async function begun(play: Play, options = {}) {
  const stage = createStage();
  const actor = createActor(stage, play, options);
  await actor.gain();
  const { ended } = await actor.start();
  return { stage, actor, ended };
}

describe('the time of an execution', () => {
  it('ends a step that hangs, and with it the execution, whatever the node would go on after', async () => {
    const { stage, ended } = await begun({
      timeoutMs: MINUTE,
      parts: [
        { name: 'Start', to: [['Hang']] },
        { name: 'Hang', lines: ['hangs'], retryOnFail: true, onError: 'continueRegularOutput', to: [['Next']] },
        { name: 'Next' },
      ],
    });
    await until(() => stage.calls.length === 2);
    stage.clock.advance(MINUTE);
    expect((await ended)!.body).to.deep.include({ status: 'failed', statesVisited: ['Start', 'Hang'] });
    expect(bodies(stage, 'run.finished')[0]!.error).to.include({ code: 'RUN_TIMEOUT', node: 'Hang' });
    expect(stage.calls.map(({ node }) => node)).to.deep.equal(['Start', 'Hang']);
  });

  it('passes while a retry is waited for, and the retry is not made', async () => {
    const { stage, ended } = await begun({
      timeoutMs: 3_000,
      parts: [
        { name: 'Start', to: [['Charge']] },
        { name: 'Charge', kind: 'effect', lines: ['fails'], retryOnFail: true, maxTries: 5, waitBetweenTriesMs: 2_000 },
      ],
    });
    expect((await ended)!.body.error).to.include({ code: 'RUN_TIMEOUT', node: 'Charge' });
    expect(stage.calls.filter(({ node }) => node === 'Charge'), 'attempts').to.have.length(2);
    expect(stage.clock.now() - bodies(stage, 'run.created')[0]!.createdAt, 'time until the end').to.equal(3_000);
    expect(phasesOf(stage).slice(-2)).to.deep.equal(['RECOVERING', 'COMPLETED']);
    expect(bodies(stage, 'hook.fired').filter(({ event, node }) => event === 'task:will:call' && node === 'Charge'), 'announced').to.have.length(2);
  });

  it('passes while no process carries it on, and no effect is caused after it', async () => {
    const play: Play = {
      timeoutMs: MINUTE,
      parts: [
        { name: 'Start', to: [['Charge']] },
        { name: 'Charge', kind: 'effect', lines: ['hangs'], onError: 'continueRegularOutput', to: [['Ship']] },
        { name: 'Ship', kind: 'effect' },
      ],
    };
    const { stage, actor } = await begun(play);
    await until(() => stage.calls.length === 2);
    actor.lose();
    stage.clock.advance(2 * MINUTE);
    await createActor(stage, play).gain();
    expect((await untilOver(stage)).error).to.include({ code: 'RUN_TIMEOUT', node: 'Charge' });
    expect(stage.calls.map(({ node }) => node), 'attempts in both processes').to.deep.equal(['Start', 'Charge']);
  });

  it('is the same wait for a retry, whoever waits', async () => {
    const play: Play = { parts: [{ name: 'Start', lines: ['fails', 'ok'], retryOnFail: true, waitBetweenTriesMs: 5_000 }] };
    const { stage } = await begun(play, { fate: { append: 3, written: false } });
    await until(() => bodies(stage, 'step.settled').length === 1);
    const failedAt = bodies(stage, 'step.settled')[0]!.at;
    stage.log.splice(stage.log.findIndex(({ kind }) => kind === 'step.settled') + 2);
    const slept: number[] = [];
    const sleep = async (ms: number) => void slept.push(ms);
    const clock = { ...stage.clock, now: () => failedAt + 4_000, sleep };
    await createActor(stage, play, { clock }).gain();
    await untilOver(stage);
    expect(slept).to.deep.equal([1_000]);
  });

  it('does not bring the process down when the step that is too late fails as well', async () => {
    const unforeseen: unknown[] = [];
    const hear = (error: unknown) => void unforeseen.push(error);
    process.on('unhandledRejection', hear);
    const logic = Promise.withResolvers<StepOutcome>();
    let runs = false;
    const registry = registryThat(() => ((runs = true), logic.promise));
    const { stage, ended } = await begun({ timeoutMs: MINUTE, parts: [{ name: 'Start' }] }, { registry });
    await until(() => runs);
    stage.clock.advance(MINUTE);
    expect((await ended)!.body.error).to.include({ code: 'RUN_TIMEOUT' });
    logic.reject(new Error('broken as well'));
    await new Promise(setImmediate);
    process.off('unhandledRejection', hear);
    expect(unforeseen).to.deep.equal([]);
  });
});

const outputs = (json: Record<string, unknown>): StepOutcome => ({ kind: 'outputs', outputs: [[{ json }]] });
const codeOf = (outcome: StepOutcome) => (outcome.kind === 'failed' ? outcome.error.code : undefined);

function nested(levels: number): Record<string, unknown> {
  let value: Record<string, unknown> = {};
  for (let level = 1; level < levels; level += 1) value = { value };
  return value;
}

describe('the room of an execution', () => {
  it('leaves what fits as it is', () => {
    const outcome = outputs({ text: 'x'.repeat(1_000_000), deep: nested(100) });
    expect(recordable(outcome, 'Node', 0)).to.equal(outcome);
  });

  it('fails a step that gives too much, with what it gave and what it may give', () => {
    const failed = recordable(outputs({ text: 'x'.repeat(50 * 1024 * 1024) }), 'Fetch', 0);
    expect(codeOf(failed)).to.equal('STEP_OUTPUT_TOO_LARGE');
    expect(failed).to.have.nested.property('error.message').that.contains('"Fetch" gave 524288').and.contains(String(limits.stepBytes));
  });

  it('fails a step whose data nobody could walk', () => {
    expect(codeOf(recordable(outputs(nested(2_000)), 'Node', 0))).to.equal('STEP_OUTPUT_TOO_DEEP');
  });

  it('fails the step that makes the whole too heavy', () => {
    expect(codeOf(recordable(outputs({}), 'Node', limits.runBytes))).to.equal('RUN_DATA_TOO_LARGE');
  });

  it('makes every error recordable, whatever users throw', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const odd = fc.oneof(fc.anything(), fc.constant(circular), fc.constant(10n), fc.constant('x'.repeat(100_000)), fc.constant(nested(5_000)));
    fc.assert(
      fc.property(odd, odd, odd, (message, name, context) => {
        const outcome = recordable({ kind: 'failed', error: { message, name, context, retryable: true } as never }, 'Node', 0);
        const text = JSON.stringify(outcome);
        expect(JSON.parse(text), 'as recorded').to.deep.equal(outcome);
        expect(text.length).to.be.lessThan(6 * limits.errorCharacters + 2 * limits.contextBytes);
        expect(outcome).to.have.nested.property('error.message').that.is.a('string');
      }),
    );
  });

  it('measures depth without walking further than it must', () => {
    expect([isDeeperThan(2, {}), isDeeperThan(2, { a: { b: 1 } }), isDeeperThan(2, { a: { b: {} } }), isDeeperThan(256, nested(100_000))]).to.deep.equal([
      false, false, true, true,
    ]);
  });

  it('tells watchers of a large output only that there is one', async () => {
    const big = outputs({ text: 'x'.repeat(limits.shownBytes) });
    const { stage, ended } = await begun({ parts: [{ name: 'Start' }] }, { registry: registryThat(async () => big) });
    expect((await ended)!.body.output, 'the result itself').to.have.length(1);
    expect(stage.told.map(({ type, data }) => [type, data['result_omitted']])).to.deep.equal([
      ['execution_started', undefined], ['node_completed', true], ['execution_completed', true],
    ]);
  });

  it('says what went wrong when an item carries an error without a text of its own', async () => {
    const soft = outputs({ error: { toString: 1, valueOf: 1 } });
    const retried: Play = { parts: [{ name: 'Start', retryOnFail: true, maxTries: 2 }] };
    const { stage, ended } = await begun(retried, { registry: registryThat(async () => soft) });
    expect((await ended)!.body.status).to.equal('completed');
    expect(bodies(stage, 'step.settled').map(({ recovery }) => recovery?.strategy)).to.deep.equal(['RETRY', undefined]);
  });
});
