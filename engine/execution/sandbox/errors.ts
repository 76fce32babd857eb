import { defineError } from '../../kernel/index.ts';

export const sandboxClosed = defineError<object>(
  'SANDBOX_CLOSED',
  503,
  () => 'The sandbox for expressions and Code nodes was closed because the engine is stopping. The run continues on another engine; try again.',
  { retryable: true },
);
