/**
 * The hook system (flow hq-hook-events): five events at fixed places of a run, each with its audit record.
 *
 *   workflow:start     after the instance exists
 *   task:will:call     before each attempt at a task
 *   task:did:call      after the task's result is persisted
 *   workflow:complete  after the last task, before the final state is written
 *   error:occurred     only for a failure that ends the run
 *
 * The audit logger writes first, then handlers are told, at least once: after a crash the hooks that were not yet
 * durable fire again, with the same sequence number. Handlers run beside the run: one that fails is logged, one that
 * never returns holds up nothing.
 */
import { traced, type Clock, type Logger } from '../kernel/index.ts';
import type { Observability } from '../observability/index.ts';
import type { HookEvent, RecordBodies } from './records.ts';
import type { RunLog } from './run-log.ts';
import type { Standing } from './standing.ts';

/** The documents' names of the audit records. */
const auditRecords: Readonly<Record<HookEvent, string>> = {
  'workflow:start': 'Log Workflow Start',
  'task:will:call': 'Log Task Start',
  'task:did:call': 'Log Task Complete',
  'workflow:complete': 'Log Workflow Complete',
  'error:occurred': 'Log Error',
};

export type HookFired = RecordBodies['hook.fired'];
export type HookHandler = (fired: HookFired) => void | Promise<void>;

/** The platform's own handler: how often each hook was fired, by tenant. */
export function countHooks(metrics: Pick<Observability, 'counter'>): HookHandler {
  const fired = metrics.counter('hive_hooks_total', 'Hooks whose handlers were called, by tenant and event', ['tenant', 'event']);
  return ({ tenantId, event }) => fired.inc({ tenant: tenantId, event });
}

export interface HookSystem {
  /** Fires the event once, also when the run is resumed; durable with the next barrier. */
  trigger(event: HookEvent, node?: string, facts?: Record<string, unknown>): Promise<void>;
}

export interface HookSystemOptions {
  readonly log: RunLog;
  readonly workflowId: string;
  readonly handlers: readonly HookHandler[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Goes on from here instead of from the execution's beginning. */
  readonly after?: Standing;
}

export function createHookSystem({ log, workflowId, handlers, clock, logger, after }: HookSystemOptions): HookSystem {
  const { executionId, tenantId } = log;
  let sequence = after?.hooks ?? 0;

  /** The audit logger: its row is written by `compliance` from this record, exactly once. */
  const audit = (event: HookEvent, node: string | undefined, facts: Record<string, unknown> | undefined) =>
    log.once('hook.fired', () => ({
      executionId, tenantId, workflowId, event, sequence, audit: auditRecords[event], at: clock.now(),
      ...(node !== undefined && { node }),
      ...(facts && { facts }),
    }));

  function tell(fired: HookFired) {
    for (const handler of handlers)
      void Promise.resolve()
        .then(() => handler(fired))
        .catch((error: unknown) => logger.warn({ err: error, event: fired.event, executionId }, 'a hook handler failed'));
  }

  async function trigger(event: HookEvent, node?: string, facts?: Record<string, unknown>) {
    sequence += 1;
    if (log.replaying > 0) return void (await audit(event, node, facts));
    const logged = { from: 'hook-system', to: 'audit-logger', message: auditRecords[event], tenant: tenantId, facts: { node } };
    const fired = await traced({ from: 'orchestrator', to: 'hook-system', message: `trigger ${event}`, tenant: tenantId }, () =>
      traced(logged, () => audit(event, node, facts)),
    );
    tell(fired);
  }

  return { trigger };
}
