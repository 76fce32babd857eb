import { defineError } from '../kernel/index.ts';

export const busUnreachable = defineError<{ doing: string }>(
  'EVENT_BUS_UNREACHABLE',
  503,
  ({ doing }) => `The event bus could not be reached while ${doing}. Nothing was lost that is durable; try again in a few seconds.`,
  { retryable: true },
);
