/** One execution as the process that carries it on sees it: parts, and nothing that a crash could lose. */
import type { Clock, Logger, Tenant } from '../kernel/index.ts';
import type { WorkflowVersion } from '../workflows/index.ts';
import type { Hold } from './hold.ts';
import type { HookHandler, HookSystem } from './hook-system.ts';
import type { Interpreter, StepEnvironment, TaskRegistry, Work } from './interpreter/port.ts';
import type { RecordBodies } from './records.ts';
import type { RecoverySelector } from './recovery.ts';
import type { RunLog } from './run-log.ts';
import type { StateManager } from './state-manager.ts';

export interface Run {
  readonly id: string;
  readonly tenant: Tenant;
  readonly created: RecordBodies['run.created'];
  readonly workflow: WorkflowVersion;
  readonly log: RunLog;
  readonly state: StateManager;
  readonly hooks: HookSystem;
  readonly handlers: readonly HookHandler[];
  readonly interpreter: Interpreter;
  readonly registry: TaskRegistry;
  readonly chooseRecovery: RecoverySelector;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly hold: Hold;
  /** Nodes in the order in which their steps ended. */
  readonly statesVisited: string[];
  /** What the outcomes so far weigh; see recordable.ts. */
  spentBytes: number;
}

/** By the clock of the run's beginning, so that neither a restart nor a wait prolongs it. */
export const deadlineOf = ({ created }: Pick<Run, 'created'>) => created.createdAt + created.timeoutMs;

/** Whether nothing new may be begun. While recorded outcomes are left, these say what happened. */
export const timeIsUp = (run: Run) => run.log.replaying === 0 && (run.hold.stopWork.aborted || run.clock.now() >= deadlineOf(run));

/** What a node is told when it runs. */
export function environmentOf(run: Run, work: Work, { startedAt, signal }: { startedAt: number; signal: AbortSignal }): StepEnvironment {
  const { created, workflow, interpreter } = run;
  return {
    executionId: run.id,
    workflow: { id: workflow.id, name: workflow.definition.name, active: workflow.active },
    definition: workflow.definition,
    mode: created.mode,
    runData: interpreter.runData,
    contexts: interpreter.contexts,
    staticData: interpreter.staticData,
    now: startedAt,
    timezone: created.timezone,
    idempotencyKey: `${run.id}:${work.executionIndex}`,
    signal,
  };
}

/** Share of the enabled nodes that ran at least once, in percent; 99 at most, because the end is told apart. */
export function progressOf(run: Run): number {
  const enabled = run.workflow.definition.nodes.filter((node) => !node.disabled).length;
  const ran = Object.keys(run.interpreter.runData).length + 1;
  return Math.min(99, Math.round((100 * Math.min(ran, enabled)) / Math.max(enabled, 1)));
}
