/**
 * sandbox: where users' JavaScript runs.
 *
 * Owns: templates and their compilation, the data that expressions and Code nodes see, paired-item tracing, the
 * isolates and their limits. What runs inside of them is in `inside/`.
 * Does not know: nodes' meaning, the run loop, storage, tenants. It keeps nothing between executions.
 */
export { createSandbox, type SandboxOptions } from './sandbox.ts';
export type { Item, NodeRun, PairedItem, Resolved, Sandbox, Scope, SourceLink } from './port.ts';
