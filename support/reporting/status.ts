/** How a step or scenario can end, and what a scenario may leave behind. */
export type Status = 'passed' | 'failed' | 'undefined' | 'pending' | 'skipped' | 'ambiguous' | 'unknown';

export interface AttachmentRecord {
  readonly mediaType: string;
  readonly name: string | undefined;
  readonly body: string;
  readonly encoding: 'BASE64' | 'IDENTITY';
}

/** As the message stream spells it: `PASSED`. */
export const statusOf = (status: string): Status => status.toLowerCase() as Status;

/** Worst first: a scenario is what its worst step is, hooks included. */
const severity: readonly Status[] = ['ambiguous', 'failed', 'undefined', 'pending', 'unknown', 'skipped', 'passed'];
export const worstOf = (statuses: readonly Status[]): Status => severity.find((status) => statuses.includes(status)) ?? 'unknown';
