/**
 * The end of an execution that cannot be carried on: its log does not fit this engine any more, or the engine failed
 * in a way it did not foresee. Left alone it would be running for ever, on each owner of its shard in turn.
 *
 * Works from what is durable alone, and writes everything in one append: whoever is killed meanwhile changed nothing.
 */
import type { Clock, Logger } from '../kernel/index.ts';
import { createHookSystem, type HookHandler } from './hook-system.ts';
import type { StepError } from './interpreter/port.ts';
import type { Phase } from './records.ts';
import type { RunLog } from './run-log.ts';
import { createStateManager, type Finalised } from './state-manager.ts';

export interface BrokenOff {
  readonly log: RunLog;
  readonly handlers: readonly HookHandler[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The phases on the way from each one to COMPLETED. What is durable begins with PENDING and never ends with COMPLETED: that closes the log. */
const waysOut: Readonly<Partial<Record<Phase, readonly Phase[]>>> = { PENDING: ['RUNNING', 'RECOVERING'], RUNNING: ['RECOVERING'] };

/** Ends the execution as failed. Nothing happens, and undefined comes back, when not even its beginning is durable. */
export async function breakOff({ log, handlers, clock, logger }: BrokenOff, error: StepError): Promise<Finalised | undefined> {
  const { created, phase, node, statesVisited } = log.standing;
  if (!created || !phase) return undefined;
  log.cut();
  const state = createStateManager({ log, clock, after: log.standing });
  const hooks = createHookSystem({ log, workflowId: created.workflowId, handlers, clock, logger, after: log.standing });
  for (const next of waysOut[phase] ?? []) await state.enter(next, 'it cannot be carried on', node);
  await hooks.trigger('error:occurred', node, { message: error.message, code: error.code });
  return state.finalise(() => ({ status: 'failed', output: null, error: { ...error, node }, statesVisited: [...statesVisited], at: clock.now() }));
}
