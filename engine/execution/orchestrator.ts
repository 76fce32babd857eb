/**
 * The main flow (flow hq-standard-execution), as drawn. `carryOut` is called for a new execution and, with a log
 * that remembers, for one that a crash interrupted: it runs the same way and what is recorded is not done again.
 */

import type { Position } from '../journal/index.ts';
import type { Work } from './interpreter/port.ts';
import { endsRun, type RecordBodies } from './records.ts';
import type { Run } from './run.ts';
import { attempt } from './step.ts';

export interface Ended {
  readonly body: RecordBodies['run.finished'];
  /** Where the last record landed; the tables show it once this is applied. */
  readonly position: Position | undefined;
}

/** Carries a created execution to its end. Throws only when this process must let go of it. */
export async function carryOut(run: Run): Promise<Ended> {
  await run.hooks.trigger('workflow:start');
  for (let work = run.interpreter.next(); work; work = run.interpreter.next()) {
    run.halt.throwIfAborted();
    if (!(await runStep(run, work))) return finishBadly(run);
  }
  // The interpreter itself gives up on a loop that makes no progress.
  return run.interpreter.error ? finishBadly(run) : finishWell(run);
}

/** One node, until its outcome is settled; false when the execution ends with it. */
async function runStep(run: Run, work: Work): Promise<boolean> {
  const node = work.node.name;
  for (let number = 1; ; number += 1) {
    await run.state.enter('RUNNING', number === 1 ? 'execute state' : 'retry', node);
    await run.hooks.trigger('task:will:call', node, number === 1 ? undefined : { attempt: number });
    const settled = await attempt(run, work, number);
    if (settled.recovery) await run.state.enter('RECOVERING', settled.recovery.reasoning, node);
    if (endsRun(settled)) return settle(run, work, settled).goesOn;
    if (settled.recovery?.strategy === 'RETRY') {
      await waitBeforeRetry(run, settled);
      continue;
    }
    if (settled.recovery) await run.state.enter('RUNNING', 'recovered: continue', node);
    return stepDone(run, work, settled);
  }
}

/** State is persisted before task:did:call fires. */
async function stepDone(run: Run, work: Work, settled: RecordBodies['step.settled']): Promise<boolean> {
  const { goesOn } = settle(run, work, settled);
  await run.state.update(work.node.name);
  await run.hooks.trigger('task:did:call', work.node.name);
  return goesOn;
}

function settle(run: Run, work: Work, settled: RecordBodies['step.settled']) {
  run.statesVisited.push(work.node.name);
  return run.interpreter.settle(work, settled.outcome);
}

async function waitBeforeRetry(run: Run, { recovery }: RecordBodies['step.settled']) {
  await run.state.persist();
  if (run.log.replaying === 0) await run.clock.sleep(recovery?.delayMs ?? 0, run.halt);
}

/** workflow:complete fires before the final state is written (documents' conflict X47). */
async function finishWell(run: Run): Promise<Ended> {
  if (run.state.phase === 'PENDING') await nothingToDo(run);
  await run.hooks.trigger('workflow:complete');
  return run.state.finalise(() => finished(run, { status: 'completed', output: run.interpreter.output(), error: null }), run.statesVisited.length);
}

async function finishBadly(run: Run): Promise<Ended> {
  const error = run.interpreter.error ?? { message: 'the execution failed', name: 'Error', retryable: false, node: '' };
  await run.hooks.trigger('error:occurred', error.node, { message: error.message, code: error.code });
  return run.state.finalise(() => finished(run, { status: 'failed', output: null, error }), run.statesVisited.length);
}

/** Every node was disabled: the picture still leads from PENDING over RUNNING to the end. */
async function nothingToDo(run: Run) {
  await run.state.enter('RUNNING', 'no enabled node');
  await run.state.enter('TRANSITIONING', 'no enabled node');
}

function finished(run: Run, end: Pick<RecordBodies['run.finished'], 'status' | 'output' | 'error'>): RecordBodies['run.finished'] {
  return { ...end, statesVisited: [...run.statesVisited], at: run.clock.now() };
}

