/** The records an execution writes: kinds and bodies. A kind, once landed, keeps its meaning for ever. */
import type { AuditRecorded } from '../compliance/index.ts';
import type { TraceCarrier } from '../kernel/index.ts';
import type { Item, NodeRun } from './sandbox/port.ts';
import type { StepError, StepOutcome } from './interpreter/port.ts';

export const phases = ['PENDING', 'RUNNING', 'TRANSITIONING', 'RECOVERING', 'COMPLETED'] as const;
export type Phase = (typeof phases)[number];

export const hookEvents = ['workflow:start', 'task:will:call', 'task:did:call', 'workflow:complete', 'error:occurred'] as const;
export type HookEvent = (typeof hookEvents)[number];

/** RETRY runs the node again, CONTINUE goes on by the node's onError, FAIL ends the execution. */
export type RecoveryStrategy = 'RETRY' | 'CONTINUE' | 'FAIL';

export interface RecordBodies {
  'run.created': {
    workflowId: string;
    version: number;
    input: unknown;
    items: readonly Item[];
    startNode: string | null;
    mode: 'test' | 'production';
    timezone: string;
    timeoutMs: number;
    startedBy: string;
    channel: string;
    requestId: string;
    correlationId: string;
    ipAddress: string;
    trace: TraceCarrier;
    createdAt: number;
  };
  'phase.changed': { sequence: number; from: Phase | null; to: Phase; cause: string; node: string | null; at: number };
  'hook.fired': {
    executionId: string;
    tenantId: string;
    workflowId: string;
    event: HookEvent;
    /** From 1, without gaps within the execution. */
    sequence: number;
    node?: string;
    /** The documents' name of the audit record, such as `Log Task Start`. */
    audit: string;
    at: number;
    facts?: Record<string, unknown>;
  };
  /** The intent: written before an effect is caused. */
  'step.started': { executionIndex: number; attempt: number; node: string; kind: 'pure' | 'effect' | 'wait'; at: number };
  'step.settled': {
    executionIndex: number;
    attempt: number;
    node: string;
    runIndex: number;
    kind: 'pure' | 'effect' | 'wait';
    source: NodeRun['source'];
    outcome: StepOutcome;
    /** What was decided about a failed attempt; null after a successful one. */
    recovery: { strategy: RecoveryStrategy; reasoning: string; delayMs: number } | null;
    /** Share of the workflow's nodes that ran, in percent. */
    progress: number;
    /** The state before this one; null for the first. */
    from: string | null;
    startedAt: number;
    at: number;
  };
  'run.finished': {
    status: 'completed' | 'failed';
    output: readonly Item[] | null;
    error: (StepError & { node: string }) | null;
    statesVisited: readonly string[];
    at: number;
  };
  /** An audit row that `compliance` writes from the log, exactly once. */
  'audit.recorded': AuditRecorded;
}

export type RecordKind = keyof RecordBodies;

type Settled = RecordBodies['step.settled'];
/** The last attempt at its step: the execution moves on, one way or the other. */
export const isFinal = ({ recovery }: Pick<Settled, 'recovery'>) => recovery?.strategy !== 'RETRY';
/** The step failed and nothing lets the execution go on. */
export const endsRun = ({ recovery }: Pick<Settled, 'recovery'>) => recovery?.strategy === 'FAIL';
