/**
 * What may stand in a record. An append to the log, a message to watchers, PostgreSQL's jsonb and whatever walks data
 * recursively each have an end. A step that gives more than that fails, and says so: in the log it would stop its run
 * for ever, and in the tables those of everybody in its shard.
 */
import type { HiveError } from '../kernel/index.ts';
import { runTooLarge, stepOutputTooDeep, stepOutputTooLarge } from './errors.ts';
import type { StepError, StepOutcome } from './interpreter/port.ts';

const MEBIBYTE = 1024 * 1024;

export const limits = {
  /** JSON of one outcome. An append takes 32 MiB, and the end of a run writes the last output together with all nodes' names. */
  stepBytes: 16 * MEBIBYTE,
  /** JSON of all outcomes: they stay in memory while the run goes on, and are read again when it is resumed. */
  runBytes: 128 * MEBIBYTE,
  /** JSON recursion in V8 ends near 3,000 levels, jsonb's near 10,000; requests are refused beyond 200. */
  levels: 256,
  /** Items that watchers are shown. A larger message would cut off everybody who listens on the same connection to Redis. */
  shownBytes: 256 * 1024,
  errorCharacters: 10_000,
  contextBytes: 64 * 1024,
} as const;

const weights = new WeakMap<object, number>();

/** Bytes of a value as JSON; counted once for each object. */
export function weightOf(value: object): number {
  const known = weights.get(value);
  if (known !== undefined) return known;
  const weight = Buffer.byteLength(JSON.stringify(value));
  weights.set(value, weight);
  return weight;
}

export function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}

/** What a run has recorded so far weighs; a node's name counts more than once, because the end of the run lists all. */
export const weightOfStep = (node: string, outcome: StepOutcome) => weightOf(outcome) + 16 * Buffer.byteLength(node);

/** The outcome as it may be recorded: unchanged, or the failure that says why not. */
export function recordable(outcome: StepOutcome, node: string, spentBytes: number): StepOutcome {
  const fault = outcome.kind === 'failed' ? undefined : faultOf(outcome, node, spentBytes);
  if (fault) return { kind: 'failed', error: stepErrorOf(fault) };
  return outcome.kind === 'failed' ? { kind: 'failed', error: tidy(outcome.error) } : outcome;
}

function faultOf(outcome: StepOutcome, node: string, spentBytes: number): HiveError | undefined {
  if (isDeeperThan(limits.levels, outcome)) return stepOutputTooDeep({ node, limit: limits.levels });
  const bytes = weightOf(outcome);
  if (bytes > limits.stepBytes) return stepOutputTooLarge({ node, bytes, limitBytes: limits.stepBytes });
  const total = spentBytes + weightOfStep(node, outcome);
  return total > limits.runBytes ? runTooLarge({ node, bytes: total, limitBytes: limits.runBytes }) : undefined;
}

const clipped = (text: unknown, instead: string) => (typeof text === 'string' ? text.slice(0, limits.errorCharacters) : instead);

/** Users' code throws whatever it likes: texts are cut, and a context that is not small, shallow JSON is left out. */
function tidy({ message, name, description, code, retryable, context }: StepError): StepError {
  const kept = smallJson(context);
  return {
    message: clipped(message, 'the node gave no reason'),
    name: clipped(name, 'Error').slice(0, 200),
    ...(description !== undefined && { description: clipped(description, '') }),
    ...(code !== undefined && { code: clipped(code, '').slice(0, 200) }),
    retryable: retryable === true,
    ...(kept !== undefined && { context: kept }),
  };
}

function smallJson(value: unknown): unknown {
  if (value === undefined || isDeeperThan(limits.levels, value)) return undefined;
  try {
    const text = JSON.stringify(value);
    return text === undefined || text.length > limits.contextBytes ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

export function stepErrorOf(error: HiveError): StepError {
  return tidy({ message: error.message, name: error.name, code: error.code, retryable: error.retryable, context: error.facts });
}
