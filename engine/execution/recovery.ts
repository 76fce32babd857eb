/**
 * What to do about a failed attempt. `choose` is the seam behind which a selector that learns from history can
 * stand later; this one goes by the node's own rules.
 */
import type { WorkflowNode } from '../workflows/index.ts';
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

/** Retries as the node says, but never what cannot become right by trying again; then the node's onError decides. */
export const chooseByRule: RecoverySelector = async ({ node, attempt, error }) => {
  const mayRetry = node.retryOnFail && error.retryable;
  if (mayRetry && attempt < node.maxTries)
    return {
      strategy: 'RETRY',
      reasoning: `attempt ${attempt} of ${node.maxTries} failed with ${error.name}, which trying again may cure`,
      delayMs: node.waitBetweenTriesMs,
    };
  const why = !node.retryOnFail ? 'the node has no retries' : !error.retryable ? `${error.name} does not go away by trying again` : `all ${node.maxTries} attempts failed`;
  if (node.onError !== 'stopWorkflow') return { strategy: 'CONTINUE', reasoning: `${why}; the node's onError is ${node.onError}`, delayMs: 0 };
  return { strategy: 'FAIL', reasoning: `${why}; the node's onError is stopWorkflow`, delayMs: 0 };
};
