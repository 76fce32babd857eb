import { defineError } from '../../kernel/index.ts';

export const sandboxClosed = defineError<object>(
  'SANDBOX_CLOSED',
  503,
  () => 'The sandbox for expressions and Code nodes was closed because the engine is stopping. The run continues on another engine; try again.',
  { retryable: true },
);

export const sandboxUnavailable = defineError<{ complaint: string }>(
  'SANDBOX_UNAVAILABLE',
  503,
  ({ complaint }) => `The process that evaluates expressions and Code nodes could not be started: ${complaint}. Look at the engine's log, then try again.`,
  { retryable: true },
);
