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
export const executionCursorInvalid = defineError<{ cursor: string }>(
  'EXECUTION_CURSOR_INVALID',
  400,
  ({ cursor }) => `"${cursor}" is not a cursor of this list. Send \`next_cursor\` of the page before unchanged, or none for the first page.`,
);
export const illegalPhaseChange = defineError<{ executionId: string; from: string; to: string }>(
  'PHASE_CHANGE_ILLEGAL',
  500,
  ({ executionId, from, to }) => `Execution ${executionId} cannot change from phase ${from} to ${to}; the state machine has no such arrow.`,
);
export const runTimedOut = defineError<{ executionId: string; limitMs: number }>(
  'RUN_TIMEOUT',
  504,
  ({ executionId, limitMs }) =>
    `Execution ${executionId} took longer than the ${limitMs} ms it may take. Raise settings.executionTimeout of the workflow, or make it do less.`,
);
export const replayDiverged = defineError<{ executionId: string; recorded: string; found: string }>(
  'REPLAY_DIVERGED',
  500,
  ({ executionId, recorded, found }) =>
    `Execution ${executionId} cannot be resumed: its log says ${recorded} where this engine would do ${found}. ` +
    'It was started by an engine whose steps differ.',
);
export const stepOutputTooLarge = defineError<{ node: string; bytes: number; limitBytes: number }>(
  'STEP_OUTPUT_TOO_LARGE',
  422,
  ({ node, bytes, limitBytes }) =>
    `"${node}" gave ${bytes} bytes of data; a step may give ${limitBytes}. Work on fewer items at a time, or pass a reference to large data.`,
);
export const stepOutputTooDeep = defineError<{ node: string; limit: number }>(
  'STEP_OUTPUT_TOO_DEEP',
  422,
  ({ node, limit }) => `"${node}" gave data that is nested deeper than ${limit} levels. Flatten it.`,
);
export const runTooLarge = defineError<{ node: string; bytes: number; limitBytes: number }>(
  'RUN_DATA_TOO_LARGE',
  422,
  ({ node, bytes, limitBytes }) =>
    `With the output of "${node}" the execution would hold ${bytes} bytes of data; it may hold ${limitBytes}. ` +
    'Split the workflow, or keep less in its items.',
);
