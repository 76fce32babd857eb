import { defineError } from '../kernel/index.ts';

/** One thing wrong with a document: where, what stands there, what should. */
export interface Issue {
  /** JavaScript-like, from the request body: `n8n_data.nodes[3].type`. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
}

export const workflowInvalid = defineError<{ issues: readonly Issue[] }>('WORKFLOW_INVALID', 422, ({ issues }) => {
  const [first] = issues;
  const rest = issues.length > 1 ? ` ${issues.length - 1} more are listed in the details.` : '';
  return `Invalid n8n workflow format: ${first?.path} is ${first?.found}, expected ${first?.expected}.${rest} Nothing was stored; correct the document and send it again.`;
});
export const workflowCycle = defineError<{ nodes: readonly string[] }>(
  'WORKFLOW_CYCLE',
  422,
  ({ nodes }) =>
    `The nodes ${nodes.map((name) => `"${name}"`).join(' -> ')} form a cycle that nothing in it can end, so it would run for ever. ` +
    'Remove a connection, or put a node into the cycle that can leave it, such as If, Switch, Filter or Loop Over Items.',
);
export const workflowUnknown = defineError<{ workflowId: string }>(
  'WORKFLOW_UNKNOWN',
  404,
  ({ workflowId }) => `There is no workflow ${workflowId} in this tenant. Check the id, and that you act for the right tenant.`,
);
export const workflowVersionUnknown = defineError<{ workflowId: string; version: number }>(
  'WORKFLOW_VERSION_UNKNOWN',
  404,
  ({ workflowId, version }) => `Workflow ${workflowId} has no version ${version}. GET /workflows/${workflowId}/versions lists those it has.`,
);
export const versionConflict = defineError<{ workflowId: string; expected: number; found: number }>(
  'WORKFLOW_VERSION_CONFLICT',
  409,
  ({ workflowId, expected, found }) =>
    `Workflow ${workflowId} is at version ${found} by now, not ${expected}: somebody changed it. Read it again, apply your change to that version and send its number as expected_version.`,
);
export const workflowCursorInvalid = defineError<{ cursor: string }>(
  'WORKFLOW_CURSOR_INVALID',
  422,
  () => 'The cursor was not made by this endpoint. Send next_cursor of the page before unchanged, or none for the first page.',
);
