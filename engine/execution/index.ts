/**
 * execution: runs. `orchestrator.ts` is the main flow; `step.ts` one attempt at one node; `run-log.ts` how a crash
 * is survived; `carrying.ts` what this process holds and how it lets go.
 *
 * Owns: executions, their phases, steps, hooks and recovery, and the node library that steps run.
 * Does not know: HTTP beyond its routes' contracts, how the journal makes records durable, who watches events.
 */
export { createExecutions, type Executions } from './executions.ts';
export { createExecutionApplier } from './appliers.ts';
export { createReadings, type Readings } from './readings.ts';
export { watchExecutions } from './watching.ts';
export { executionRoutes } from './routes.ts';
export { createTaskRegistry, describeNode } from './registry.ts';
export { createSandbox } from './sandbox/index.ts';
export { countHooks, type HookHandler } from './hook-system.ts';
