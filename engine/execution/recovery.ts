/**
 * What to do about a failed attempt. A `RecoverySelector` is the seam behind which one that learns from history can
 * stand later; `chooseByRule` goes by the node's own rules.
 */
import type { WorkflowNode } from '../workflows/index.ts';
import { runTimedOut, runTooLarge } from './errors.ts';
import type { StepError } from './interpreter/port.ts';
import type { RecoveryStrategy } from './records.ts';

export interface FailedAttempt {
  readonly node: WorkflowNode;
  /** From 1. */
  readonly attempt: number;
  readonly error: StepError;
}

export interface Recovery {
  readonly strategy: RecoveryStrategy;
  /** For people: the facts that decided. */
  readonly reasoning: string;
  /** Time to wait before the next attempt. */
  readonly delayMs: number;
}

export type RecoverySelector = (failed: FailedAttempt) => Promise<Recovery>;

/** Failures of the run itself, wherever they show: no node's retries or onError can answer for it. */
const ofTheRun: ReadonlySet<string | undefined> = new Set([runTimedOut.code, runTooLarge.code]);

export async function recover(failed: FailedAttempt, choose: RecoverySelector): Promise<Recovery> {
  const { code } = failed.error;
  return ofTheRun.has(code) ? { strategy: 'FAIL', reasoning: `${code} ends the whole execution`, delayMs: 0 } : choose(failed);
}

/** Retries as the node says, but never what cannot become right by trying again; then the node's onError decides. */
export const chooseByRule: RecoverySelector = async ({ node, attempt, error }) => {
  const mayRetry = node.retryOnFail && error.retryable;
  if (mayRetry && attempt < node.maxTries)
    return {
      strategy: 'RETRY',
      reasoning: `attempt ${attempt} of ${node.maxTries} failed with ${error.name}, which trying again may cure`,
      delayMs: node.waitBetweenTriesMs,
    };
  const why = whyNoRetry({ node, attempt, error });
  if (node.onError !== 'stopWorkflow') return { strategy: 'CONTINUE', reasoning: `${why}; the node's onError is ${node.onError}`, delayMs: 0 };
  return { strategy: 'FAIL', reasoning: `${why}; the node's onError is stopWorkflow`, delayMs: 0 };
};

function whyNoRetry({ node, error }: FailedAttempt): string {
  if (!node.retryOnFail) return 'the node has no retries';
  return error.retryable ? `all ${node.maxTries} attempts failed` : `${error.name} does not go away by trying again`;
}
