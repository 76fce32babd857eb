/** Puts the interleaved messages of parallel workers together again: what happened at each attempt of each test case. */
import type { Attachment, Envelope, Timestamp } from '@cucumber/messages';
import { statusOf, type AttachmentRecord, type Status } from './status.ts';

export interface StepResult {
  readonly stepId: string;
  readonly status: Status;
  readonly milliseconds: number;
  readonly error: string | undefined;
}

export interface Attempt {
  readonly worker: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly steps: readonly StepResult[];
  readonly attachments: readonly AttachmentRecord[];
}

export const millisecondsOf = (time: Pick<Timestamp, 'seconds' | 'nanos'> | undefined) => (time ? time.seconds * 1_000 + time.nanos / 1e6 : 0);

interface Open {
  readonly caseId: string;
  readonly worker: string;
  readonly startedAt: number;
  readonly steps: StepResult[];
  readonly attachments: AttachmentRecord[];
}

const attached = ({ mediaType, fileName, body, contentEncoding }: Attachment): AttachmentRecord => ({ mediaType, name: fileName, body, encoding: contentEncoding });

/** Takes the messages one by one; `attempts` holds those that ended, in order. A scenario whose worker died has none. */
export class AttemptsSeen {
  readonly attempts = new Map<string, Attempt[]>();
  private readonly open = new Map<string, Open>();

  take({ testCaseStarted, testStepFinished, attachment, testCaseFinished }: Envelope) {
    if (testCaseStarted) {
      const { id, testCaseId, workerId, timestamp } = testCaseStarted;
      this.open.set(id, { caseId: testCaseId, worker: workerId ?? '', startedAt: millisecondsOf(timestamp), steps: [], attachments: [] });
    }
    if (testStepFinished) {
      const { testCaseStartedId, testStepId, testStepResult: result } = testStepFinished;
      const step = { stepId: testStepId, status: statusOf(result.status), milliseconds: millisecondsOf(result.duration), error: result.message };
      this.open.get(testCaseStartedId)?.steps.push(step);
    }
    if (attachment?.testCaseStartedId) this.open.get(attachment.testCaseStartedId)?.attachments.push(attached(attachment));
    if (testCaseFinished) this.close(testCaseFinished.testCaseStartedId, millisecondsOf(testCaseFinished.timestamp));
  }

  private close(id: string, endedAt: number) {
    const ended = this.open.get(id);
    if (!ended) return;
    this.open.delete(id);
    const { caseId, ...rest } = ended;
    const attempts = this.attempts.get(caseId) ?? [];
    this.attempts.set(caseId, [...attempts, { ...rest, endedAt }]);
  }
}
