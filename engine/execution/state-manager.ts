/**
 * The state manager moves an execution through its phases (flow rabbit-state-machine) and decides when what
 * happened is durable.
 *
 *   PENDING ──queued──▶ RUNNING ──step done──▶ TRANSITIONING ──no next state──▶ COMPLETED
 *                        │   ▲                     │                                ▲
 *                      error └──── next state ─────┘                                │
 *                        ▼   ▲                                                      │
 *                     RECOVERING ── recovered ──▶ RUNNING        recovery failed ───┘
 *
 * PENDING       the instance exists, nothing ran.
 * RUNNING       a node is about to run or runs.
 * TRANSITIONING its outcome is settled; the next node is being chosen.
 * RECOVERING    an attempt failed; a strategy is chosen and carried out.
 * COMPLETED     over, well or badly: `status` holds the outcome, because the picture has no FAILED.
 */
import { newId, traced, type Clock } from '../kernel/index.ts';
import type { Position } from '../journal/index.ts';
import { illegalPhaseChange } from './errors.ts';
import { completedEvent, failedEvent, nodeCompletedEvent, startedEvent } from './workflow-events.ts';
import type { Phase, RecordBodies } from './records.ts';
import type { RunLog } from './run-log.ts';
import type { Standing } from './standing.ts';

const arrows: Readonly<Record<Phase | 'start', readonly Phase[]>> = {
  start: ['PENDING'],
  PENDING: ['RUNNING'],
  RUNNING: ['TRANSITIONING', 'RECOVERING'],
  TRANSITIONING: ['RUNNING', 'COMPLETED'],
  RECOVERING: ['RUNNING', 'COMPLETED'],
  COMPLETED: [],
};

/** Whether the state machine has this arrow; `undefined` is the state before the start. */
export const isLegalChange = (from: Phase | undefined, to: Phase) => arrows[from ?? 'start'].includes(to);

/** COMPLETED always comes with an audit record, also for failure; it is written with the end, exactly once. */
function auditOf(
  { executionId, tenantId }: RunLog,
  { startedBy, requestId, ipAddress, workflowId }: RecordBodies['run.created'],
  { status, error, at }: RecordBodies['run.finished'],
): RecordBodies['audit.recorded'] {
  return {
    id: newId(), tenantId, actorId: startedBy, action: 'execution.end', resourceKind: 'executions', resourceId: executionId, requestId, ipAddress,
    outcome: status === 'completed' ? 'success' : 'failure', at, facts: { workflowId, ...(error && { node: error.node, code: error.code ?? null }) },
  };
}

export interface Finalised {
  readonly body: RecordBodies['run.finished'];
  /** Where the last record landed; the tables show it once this is applied. */
  readonly position: Position | undefined;
}

export interface StateManagerOptions {
  readonly log: RunLog;
  readonly clock: Clock;
  /** Goes on from here instead of from the execution's beginning. */
  readonly after?: Standing;
}

export interface StateManager {
  readonly phase: Phase | undefined;
  /** Creates the instance, durably, in PENDING. */
  initialise(created: () => RecordBodies['run.created']): Promise<RecordBodies['run.created']>;
  /** Notes the change; it becomes durable with the next update. Throws PHASE_CHANGE_ILLEGAL where the picture has no arrow. */
  enter(phase: Phase, cause: string, node?: string): Promise<void>;
  /** Makes durable that a step is over. */
  update(node: string): Promise<void>;
  /** Ends the execution; durable when it returns. */
  finalise(finished: () => RecordBodies['run.finished']): Promise<Finalised>;
  /** Notes a settled attempt and, if it is the step's last, the event that watchers will see. */
  settle(make: () => Promise<RecordBodies['step.settled']>): Promise<RecordBodies['step.settled']>;
  /** Makes durable what was noted: before an effect, before a wait. */
  persist(): Promise<void>;
}

export function createStateManager({ log, clock, after }: StateManagerOptions): StateManager {
  let phase = after?.phase ?? undefined;
  let sequence = after?.changes ?? 0;
  let executionIndex = after?.executionIndex ?? -1;
  let created = after?.created as RecordBodies['run.created'];

  async function enter(to: Phase, cause: string, node?: string) {
    if (!isLegalChange(phase, to)) throw illegalPhaseChange({ executionId: log.executionId, from: phase ?? 'start', to });
    const from = phase ?? null;
    sequence += 1;
    await log.once('phase.changed', () => ({ sequence, from, to, cause, node: node ?? null, at: clock.now() }));
    phase = to;
  }

  async function finalise(end: RecordBodies['run.finished']): Promise<Finalised> {
    const event = end.status === 'completed' ? completedEvent : failedEvent;
    // A run of passed-over nodes, or one whose time was up before its first step, still leads over RUNNING.
    for (const missing of phase === 'PENDING' ? (['RUNNING', 'TRANSITIONING'] as const) : []) await enter(missing, 'no node ran');
    const badly = phase === 'RECOVERING' ? 'recovery failed' : 'cannot go on';
    await enter('COMPLETED', end.status === 'completed' ? 'no next state' : badly, end.error?.node);
    await log.once('audit.recorded', () => auditOf(log, created, end));
    const body = await log.once('run.finished', () => end, (finished) => event(log, created, finished, executionIndex));
    return { body, position: await log.barrier() };
  }

  /** Spans stand for what happens now; while replaying nothing reaches the log. */
  const sent = <T>(message: string, work: () => Promise<T>): Promise<T> =>
    log.replaying > 0 ? work() : traced({ from: 'orchestrator', to: 'state-manager', message, tenant: log.tenantId }, work);

  return {
    get phase() {
      return phase;
    },
    enter,
    initialise: (make) =>
      sent('initialise state', async () => {
        created = await log.once('run.created', make, (body) => startedEvent(log, body));
        await enter('PENDING', 'start execution');
        await log.barrier();
        return created;
      }),
    settle: async (make) => {
      const settled = await log.once('step.settled', make, (body) => nodeCompletedEvent(log, created, body));
      executionIndex = settled.executionIndex;
      return settled;
    },
    update: (node) =>
      sent('update state', async () => {
        await enter('TRANSITIONING', 'state executed', node);
        await log.barrier();
      }),
    finalise: (make) => sent('finalise state', () => finalise(make())),
    persist: async () => void (await log.barrier()),
  };
}
