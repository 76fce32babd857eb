import { defineError } from '../kernel/index.ts';

/** Whatever was to be audited does not happen: an action without its record is worse than no action. */
export const auditUnavailable = defineError<{ action: string }>(
  'AUDIT_UNAVAILABLE',
  503,
  ({ action }) => `The audit record of ${action} could not be stored, so the request stopped there. Look at what it was about, then send it again in a few seconds.`,
  { retryable: true },
);

export const auditCursorInvalid = defineError<{ found: string }>(
  'AUDIT_CURSOR_INVALID',
  422,
  () => 'The cursor is not one that this list gave. Take `next` of the page before, or leave the cursor away for the newest page.',
);

export const executionNotAudited = defineError<{ execution_id: string }>(
  'EXECUTION_NOT_AUDITED',
  404,
  ({ execution_id }) => `Your tenant has no audit of an execution ${execution_id}. Check the id; records appear when the execution's start is durable.`,
);
