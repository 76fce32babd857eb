/** One execution as the process that carries it on sees it: parts, and nothing that a crash could lose. */
import type { Clock, Logger, Tenant } from '../kernel/index.ts';
import type { WorkflowVersion } from '../workflows/index.ts';
import type { HookSystem } from './hook-system.ts';
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
  readonly interpreter: Interpreter;
  readonly registry: TaskRegistry;
  readonly chooseRecovery: RecoverySelector;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborted when this process is to stop: the step that runs is finished, the next one is left to another process. */
  readonly halt: AbortSignal;
  /** Aborted when this process must not touch the run any more: another process owns its shard. */
  readonly letGo: AbortSignal;
  /** Aborted when the run's time is up or `letGo` is; what a running node watches. */
  readonly signal: AbortSignal;
  /** Nodes in the order in which their steps ended. */
  readonly statesVisited: string[];
}

/** What a node is told when it runs. */
export function environmentOf(run: Run, work: Work, startedAt: number): StepEnvironment {
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
    signal: run.signal,
  };
}

/** Share of the enabled nodes that ran at least once, in percent; 99 at most, because the end is told apart. */
export function progressOf(run: Run): number {
  const enabled = run.workflow.definition.nodes.filter((node) => !node.disabled).length;
  const ran = Object.keys(run.interpreter.runData).length + 1;
  return Math.min(99, Math.round((100 * Math.min(ran, enabled)) / Math.max(enabled, 1)));
}
