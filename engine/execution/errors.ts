import { defineError } from '../kernel/index.ts';

export const workflowInactive = defineError<{ workflowId: string }>(
  'WORKFLOW_INACTIVE',
  409,
  ({ workflowId }) => `Workflow ${workflowId} is inactive and cannot be executed. Activate it first, or execute another one.`,
);
export const executionUnknown = defineError<{ executionId: string }>(
  'EXECUTION_UNKNOWN',
  404,
  ({ executionId }) => `There is no execution ${executionId} in this tenant. Check the id, and that you act for the right tenant.`,
);
export const illegalPhaseChange = defineError<{ executionId: string; from: string; to: string }>(
  'PHASE_CHANGE_ILLEGAL',
  500,
  ({ executionId, from, to }) => `Execution ${executionId} cannot change from phase ${from} to ${to}; the state machine has no such arrow.`,
);
export const runTimedOut = defineError<{ executionId: string; limitMs: number }>(
  'RUN_TIMEOUT',
  504,
  ({ executionId, limitMs }) => `Execution ${executionId} took longer than the ${limitMs} ms it may take. Raise settings.executionTimeout of the workflow, or make it do less.`,
);
export const replayDiverged = defineError<{ executionId: string; recorded: string; found: string }>(
  'REPLAY_DIVERGED',
  500,
  ({ executionId, recorded, found }) => `Execution ${executionId} cannot be resumed: its log says ${recorded} where this engine would do ${found}. It was started by an engine whose steps differ.`,
);
