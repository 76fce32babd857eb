/**
 * The main flow (flow hq-standard-execution), as drawn. `carryOut` is called for a new execution and, with a log
 * that remembers, for one that a crash interrupted: it runs the same way and what is recorded is not done again.
 */
import { toHiveError } from '../kernel/index.ts';
import { breakOff } from './breaking-off.ts';
import type { StepError, Work } from './interpreter/port.ts';
import { stepErrorOf } from './recordable.ts';
import { endsRun, type RecordBodies } from './records.ts';
import { deadlineOf, timeIsUp, type Run } from './run.ts';
import type { Finalised } from './state-manager.ts';
import { attempt, timedOut } from './step.ts';

export type Ended = Finalised;
type Failure = StepError & { readonly node: string };
type Settled = RecordBodies['step.settled'];

/** Carries a created execution to its end. Throws only when this process must leave it to another one. */
export async function carryOut(run: Run): Promise<Ended> {
  try {
    return await follow(run);
  } catch (error) {
    if (run.hold.halt.aborted || run.log.lost) throw error;
    // Whatever else stops a run would stop it again on every other process.
    run.logger.error({ err: error, executionId: run.id }, 'an execution cannot be carried on and is ended as failed');
    const ended = await breakOff(run, stepErrorOf(toHiveError(error)));
    if (!ended) throw error;
    return ended;
  }
}

async function follow(run: Run): Promise<Ended> {
  await run.hooks.trigger('workflow:start');
  for (let work = run.interpreter.next(); work; work = run.interpreter.next()) {
    run.hold.halt.throwIfAborted();
    const failure = timeIsUp(run) ? outOfTime(run, work) : await runStep(run, work);
    if (failure) return finishBadly(run, failure);
  }
  // The interpreter itself gives up on a loop that makes no progress.
  return run.interpreter.error ? finishBadly(run, run.interpreter.error) : finishWell(run);
}

/** One node, until its outcome is settled; the failure when the execution ends with it. */
async function runStep(run: Run, work: Work): Promise<Failure | undefined> {
  const node = work.node.name;
  for (let number = 1; ; number += 1) {
    await run.state.enter('RUNNING', number === 1 ? 'execute state' : 'retry', node);
    await run.hooks.trigger('task:will:call', node, number === 1 ? undefined : { attempt: number });
    const settled = await attempt(run, work, number);
    if (!settled.recovery) return stepDone(run, work, settled);
    await run.state.enter('RECOVERING', settled.recovery.reasoning, node);
    if (endsRun(settled)) return stepFailed(run, work, settled);
    if (settled.recovery.strategy === 'CONTINUE') {
      await run.state.enter('RUNNING', 'recovered: continue', node);
      return stepDone(run, work, settled);
    }
    await waitBeforeRetry(run, settled);
    if (timeIsUp(run)) return outOfTime(run, work);
  }
}

/** State is persisted before task:did:call fires. */
async function stepDone(run: Run, work: Work, { outcome }: Settled): Promise<Failure | undefined> {
  run.statesVisited.push(work.node.name);
  const { goesOn } = run.interpreter.settle(work, outcome);
  await run.state.update(work.node.name);
  await run.hooks.trigger('task:did:call', work.node.name);
  return goesOn ? undefined : run.interpreter.error;
}

function stepFailed(run: Run, work: Work, { outcome }: Settled): Failure {
  run.statesVisited.push(work.node.name);
  run.interpreter.settle(work, outcome);
  const error = outcome.kind === 'failed' ? outcome.error : { message: 'the step was given up', name: 'Error', retryable: false };
  return { ...error, node: work.node.name };
}

const outOfTime = (run: Run, work: Work): Failure => ({ ...stepErrorOf(timedOut(run)), node: work.node.name });

/** From the moment of the failure, so that a restart does not begin the wait again; never beyond the run's time. */
async function waitBeforeRetry(run: Run, { at, recovery }: Settled) {
  await run.state.persist();
  if (run.log.replaying > 0) return;
  const delayMs = recovery?.delayMs ?? 0;
  const now = run.clock.now();
  // The clock of the process that failed may have been ahead of ours.
  const rest = Math.min(delayMs, at + delayMs - now, deadlineOf(run) - now);
  await run.clock.sleep(Math.max(0, rest), run.hold.halt);
}

/** workflow:complete fires before the final state is written (documents' conflict X47). */
async function finishWell(run: Run): Promise<Ended> {
  await run.hooks.trigger('workflow:complete');
  return finish(run, { status: 'completed', output: run.interpreter.output(), error: null });
}

async function finishBadly(run: Run, error: Failure): Promise<Ended> {
  await run.hooks.trigger('error:occurred', error.node, { message: error.message, code: error.code });
  return finish(run, { status: 'failed', output: null, error });
}

function finish(run: Run, end: Pick<RecordBodies['run.finished'], 'status' | 'output' | 'error'>): Promise<Ended> {
  return run.state.finalise(() => ({ ...end, statesVisited: [...run.statesVisited], at: run.clock.now() }));
}
