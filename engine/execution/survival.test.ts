/**
 * The heart of the product: however often the process that carries an execution is killed, and wherever, the log in
 * the end tells the same story as if nothing had happened.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'node:test';
import { silentLogger } from '../kernel/index.ts';
import type { Journal, Recorded } from '../journal/index.ts';
import { createGrip } from './hold.ts';
import { createHookSystem } from './hook-system.ts';
import type { Interpreter, StepOutcome, Work } from './interpreter/port.ts';
import { carryOut } from './orchestrator.ts';
import type { RecordBodies } from './records.ts';
import { chooseByRule } from './recovery.ts';
import { bodies, createActor, createStage, expectGrowing, playThrough, storyOf, tenant, untilOver } from './rehearsal.test.ts';
import type { Fate, Line, Part, Play, Stage } from './rehearsal.test.ts';
import { createRunLog } from './run-log.ts';
import type { Run } from './run.ts';
import { createStateManager } from './state-manager.ts';

/** Retries and gives in, goes on after a failure, goes round a loop, passes over a disabled node, waits, and ends. */
const longPlay: Play = {
  parts: [
    { name: 'Start', to: [['Charge']] },
    { name: 'Charge', kind: 'effect', lines: ['fails', 'soft failure', 'ok'], retryOnFail: true, to: [['Passed over']] },
    { name: 'Passed over', disabled: true, to: [['Loop']] },
    { name: 'Loop', type: 'n8n-nodes-base.splitInBatches', typeVersion: 3, to: [['Wait'], ['Tell']] },
    { name: 'Tell', kind: 'effect', lines: ['fails for good'], onError: 'continueRegularOutput', to: [['Loop']] },
    { name: 'Wait', kind: 'wait', to: [['Finish']] },
    { name: 'Finish' },
  ],
};

const failingPlay: Play = {
  parts: [
    { name: 'Start', to: [['Ship']] },
    { name: 'Ship', kind: 'effect', lines: ['fails'], retryOnFail: true, maxTries: 2, to: [['Never']] },
    { name: 'Never' },
  ],
};

const hooksOf = (stage: Stage) => bodies(stage, 'hook.fired').map(({ sequence, event, node }) => [sequence, event, node]);

/** What holds of every execution, undisturbed or not. */
function expectSound(stage: Stage) {
  const hooks = hooksOf(stage);
  expect(hooks.map(([sequence]) => sequence), 'hook numbers').to.deep.equal(hooks.map((_, index) => index + 1));
  expect(bodies(stage, 'run.finished'), 'ends').to.have.length(1);
  expect(bodies(stage, 'audit.recorded'), 'audited ends').to.have.length(1);
  expectGrowing(stage.told.map(({ sequence }) => sequence));
  expect(['execution_completed', 'error']).to.include(stage.told.at(-1)!.type);
  const changes = bodies(stage, 'phase.changed');
  expect(changes.slice(1).map(({ from }) => from), 'phases chain').to.deep.equal(changes.slice(0, -1).map(({ to }) => to));
}

/** No hook says that a task was done before the log holds its result, and no effect is caused before the log holds its intent. */
function expectOrder({ log, calls }: Stage) {
  const flushOf = new Map<string, number>();
  for (const { kind, body, position } of log) {
    const { node, event } = body as { node?: string; event?: string };
    if (kind === 'step.settled') flushOf.set(node!, position.lsn);
    if (event === 'task:did:call') expect(position.lsn, `flush that tells of ${node}`).to.be.greaterThan(flushOf.get(node!)!);
  }
  const effects = new Set(bodies({ log }, 'step.started').filter(({ kind }) => kind !== 'pure').map(({ node }) => node));
  expect(calls.filter(({ node, intended }) => effects.has(node) && !intended), 'effects without a durable intent').to.deep.equal([]);
}

/** What was recorded was never done again; what was under way was done once more at most, under the same key. */
function expectEffects(stage: Stage, deaths: number) {
  for (const [step, calls] of Map.groupBy(stage.calls, ({ executionIndex, attempt }) => `${executionIndex}, attempt ${attempt}`)) {
    expect(new Set(calls.map(({ key }) => key)), `keys of step ${step}`).to.have.property('size', 1);
    expect(calls.length, `calls of step ${step}`).to.be.at.most(1 + deaths);
  }
  const done = new Set(stage.calls.map(({ executionIndex, attempt }) => `${executionIndex}/${attempt}`));
  expect([...done], 'attempts').to.have.members(bodies(stage, 'step.settled').map(({ executionIndex, attempt }) => `${executionIndex}/${attempt}`));
}

/** A new process takes up a log that ends after so many records. */
async function resumedFrom(records: readonly Recorded[], play: Play): Promise<Stage> {
  const stage = createStage();
  stage.log.push(...records);
  await createActor(stage, play).gain();
  await untilOver(stage);
  return stage;
}

/** A run of one node on an interpreter that does what the test wants. */
async function runOn(stage: Stage, interpreter: Interpreter): Promise<Run> {
  const { clock } = stage;
  const grip = createGrip();
  const journal = { append: async (...[records, messages = []]: Parameters<Journal['append']>) => stage.write(records, messages) };
  const log = createRunLog({ journal, clock, executionId: 'e', tenantId: tenant.id, recorded: [], letGo: grip.letGo });
  const state = createStateManager({ log, clock });
  const created = await state.initialise(() => ({ createdAt: clock.now(), timeoutMs: 1_000 }) as RecordBodies['run.created']);
  const registry = { kindOf: () => 'pure', validate: async () => undefined, execute: async () => ({ kind: 'outputs', outputs: [] }) };
  return {
    id: 'e', tenant, created, log, state, interpreter, registry, clock, logger: silentLogger, hold: grip, statesVisited: [], spentBytes: 0,
    workflow: { definition: { nodes: [] } }, handlers: [], chooseRecovery: chooseByRule,
    hooks: createHookSystem({ log, workflowId: 'w', handlers: [], clock, logger: silentLogger }),
  } as unknown as Run;
}

const flushesOf = ({ log }: Stage) => new Set(log.map(({ position }) => position.lsn)).size;

const line = fc.constantFrom<Line>('ok', 'ok', 'ok', 'branch ends', 'soft failure', 'fails', 'fails for good');
const part = fc.record({
  kind: fc.constantFrom('pure', 'effect', 'wait'),
  lines: fc.array(line, { minLength: 1, maxLength: 3 }),
  retryOnFail: fc.boolean(),
  maxTries: fc.integer({ min: 2, max: 3 }),
  onError: fc.constantFrom('stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'),
  disabled: fc.integer({ max: 5, min: 0 }).map((die) => die === 0),
  parent: fc.nat(),
});

/** Trees of up to six steps under the start. */
const play: fc.Arbitrary<Play> = fc.array(part, { minLength: 1, maxLength: 6 }).map((drawn) => {
  const names = ['Start', ...drawn.map((_, index) => `Step ${index + 1}`)];
  const childrenOf = (parent: number) => names.slice(1).filter((_, index) => drawn[index]!.parent % (index + 1) === parent);
  const steps = drawn.map(({ parent: _parent, ...rest }, index): Part => ({ name: names[index + 1]!, ...rest, to: [childrenOf(index + 1)] }) as Part);
  return { parts: [{ name: 'Start', to: [childrenOf(0)] }, ...steps] };
});
const fate: fc.Arbitrary<Fate> = fc.record({ append: fc.integer({ min: 1, max: 12 }), written: fc.boolean() });

describe('an execution survives the death of its process', () => {
  it('tells the same story, whatever the workflow and whenever processes die', async () => {
    await fc.assert(
      fc.asyncProperty(play, fc.array(fate, { minLength: 1, maxLength: 4 }), async (drawn, fates) => {
        const undisturbed = await playThrough(drawn);
        const disturbed = await playThrough(drawn, fates);
        expect(storyOf(disturbed.log)).to.deep.equal(storyOf(undisturbed.log));
        expect(disturbed.told.map(({ type, sequence }) => [type, sequence])).to.deep.equal(undisturbed.told.map(({ type, sequence }) => [type, sequence]));
        for (const [stage, deaths] of [[undisturbed, 0], [disturbed, fates.length]] as const) {
          expectSound(stage);
          expectOrder(stage);
          expectEffects(stage, deaths);
        }
      }),
      { numRuns: 150 },
    );
  });

  for (const [what, wanted] of [['completes', longPlay], ['fails', failingPlay]] as const)
    it(`is resumed after every single record of one that ${what}`, async () => {
      const undisturbed = await playThrough(wanted);
      expectSound(undisturbed);
      for (let kept = 1; kept < undisturbed.log.length; kept += 1) {
        const resumed = await resumedFrom(undisturbed.log.slice(0, kept), wanted);
        expect(storyOf(resumed.log), `cut after ${kept} records`).to.deep.equal(storyOf(undisturbed.log));
        const settled = bodies({ log: undisturbed.log.slice(0, kept) }, 'step.settled').length;
        expect(resumed.calls, `attempts after ${kept} records`).to.have.length(undisturbed.calls.length - settled);
      }
    });

  it('survives the death of every process at each of its appends', async () => {
    const undisturbed = await playThrough(longPlay);
    for (let append = 1; append <= flushesOf(undisturbed); append += 1)
      for (const written of [false, true]) {
        const disturbed = await playThrough(longPlay, [{ append, written }]);
        expect(storyOf(disturbed.log), `killed at append ${append}, ${written ? '' : 'not '}written`).to.deep.equal(storyOf(undisturbed.log));
        expectEffects(disturbed, 1);
      }
  });

  for (const phase of ['before any node ran', 'after a node'])
    it(`ends over legal phases when the interpreter gives up ${phase}`, async () => {
      const stage = createStage();
      const work = { node: { name: 'Start' }, runIndex: 0, executionIndex: 0, inputs: [], source: [] } as unknown as Work;
      const given = phase === 'after a node' ? [work] : [];
      const error = { message: 'endless', name: 'EndlessLoop', code: 'ENDLESS_LOOP', retryable: false, node: 'Loop' };
      const takes = { complete: (_work: Work, outcome: StepOutcome) => outcome, settle: () => ({ goesOn: true }) };
      const run = await runOn(stage, { next: () => given.shift(), ...takes, error, runData: {} } as unknown as Interpreter);
      expect((await carryOut(run)).body).to.deep.include({ status: 'failed', error });
      expectSound(stage);
    });

  it('tells hook handlers of every hook, again where it was not durable, never out of order', async () => {
    const stage = await playThrough(longPlay, [{ append: 5, written: false }, { append: 4, written: true }]);
    const told = [...new Set(stage.hooks.map(({ sequence }) => sequence))];
    expect(told, 'first time each').to.deep.equal(bodies(stage, 'hook.fired').map(({ sequence }) => sequence));
  });
});
