/**
 * Executions: starts runs in shards of this process, resumes those of shards it gains, lets go of those of
 * shards it loses, and tells waiters how a run ended.
 *
 * Owns: which runs this process carries on. Does not know: how a run proceeds (orchestrator) or what is
 * durable (journal).
 */
import { currentTrace, HiveError, inTrace, type Clock, type Logger, type Principal, type RequestContext, type Service, type Tenant } from '../kernel/index.ts';
import type { Journal, Position, Recorded } from '../journal/index.ts';
import type { Observability } from '../observability/index.ts';
import type { Tenancy } from '../tenancy/index.ts';
import type { Workflows, WorkflowVersion } from '../workflows/index.ts';
import { workflowInactive } from './errors.ts';
import { createHookSystem, type HookHandler } from './hook-system.ts';
import { createInterpreter } from './interpreter/index.ts';
import type { TaskRegistry } from './interpreter/port.ts';
import { carryOut, type Ended } from './orchestrator.ts';
import type { RecordBodies } from './records.ts';
import { chooseByRule, type RecoverySelector } from './recovery.ts';
import { createRunLog, type RunLog } from './run-log.ts';
import type { Run } from './run.ts';
import type { Item } from './sandbox/port.ts';
import { createStateManager } from './state-manager.ts';

export interface StartRequest {
  readonly workflow: WorkflowVersion;
  /** As the caller sent it; kept unchanged. */
  readonly input: unknown;
  readonly startNode: string | undefined;
  readonly mode: 'test' | 'production';
}

export interface Caller {
  readonly tenant: Tenant;
  readonly principal: Principal;
  readonly context: RequestContext;
}

export interface Started {
  readonly executionId: string;
  /** Where `run.created` landed. */
  readonly position: Position;
  /** Undefined when this process had to let go of the run: it goes on elsewhere. */
  readonly ended: Promise<Ended | undefined>;
}

export interface Executions extends Service {
  /** Resolves when the instance exists durably. Throws before anything is written when the run cannot start. */
  execute(caller: Caller, request: StartRequest): Promise<Started>;
}

export interface ExecutionsOptions {
  readonly journal: Journal;
  readonly tenancy: Tenancy;
  readonly workflows: Workflows;
  readonly registry: TaskRegistry;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly runTimeoutMs: number;
  /** IANA zone where neither workflow nor tenant names one. */
  readonly timezone: string;
  /** How long `stop` waits for running steps. */
  readonly drainMs: number;
  readonly handlers: readonly HookHandler[];
  readonly chooseRecovery?: RecoverySelector;
  readonly metrics: Pick<Observability, 'counter' | 'histogram'>;
}

interface Carried {
  readonly shard: number;
  readonly letGo: AbortController;
  readonly done: Promise<Ended | undefined>;
}

/** A run's input as items: an array gives one item an element, anything else one item. */
export function itemsOf(input: unknown): Item[] {
  const list = Array.isArray(input) ? input : [input ?? {}];
  return list.map((value) => ({ json: typeof value === 'object' && value !== null ? (value as Item['json']) : { value } }));
}

export function createExecutions(options: ExecutionsOptions): Executions {
  const { journal, tenancy, workflows, registry, clock, logger } = options;
  const carried = new Map<string, Carried>();
  const halt = new AbortController();
  const ends = options.metrics.counter('hive_executions_total', 'Executions that ended, by tenant and outcome', ['tenant', 'status']);
  const durations = options.metrics.histogram('hive_execution_duration_seconds', 'From creation to end, in seconds', ['status'], [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600]);

  function logOf(executionId: string, tenant: Tenant, recorded: readonly Recorded[]) {
    return createRunLog({ journal, clock, executionId, tenantId: tenant.id, recorded });
  }

  /** Puts a run's parts together and writes, or reads back, that it was created. */
  async function assemble(log: RunLog, tenant: Tenant, request: { workflow: WorkflowVersion; created: () => RecordBodies['run.created'] }) {
    const state = createStateManager({ log, clock });
    const { workflow } = request;
    const letGo = new AbortController();
    const first = request.created();
    const interpreter = createInterpreter({ definition: workflow.definition, startNode: first.startNode ?? undefined, input: first.items, mode: first.mode });
    const created = await state.initialise(() => first);
    const hooks = createHookSystem({ log, workflowId: workflow.id, handlers: options.handlers, clock, logger });
    const timeLimit = new AbortController();
    const timer = clock.after(created.createdAt + created.timeoutMs - clock.now(), () => timeLimit.abort());
    const run: Run = {
      id: log.executionId, tenant, created, workflow, log, state, hooks, interpreter, registry, clock, logger,
      chooseRecovery: options.chooseRecovery ?? chooseByRule,
      halt: AbortSignal.any([halt.signal, letGo.signal]), letGo: letGo.signal, signal: AbortSignal.any([timeLimit.signal, letGo.signal]),
      statesVisited: [],
    };
    return { run, letGo, release: () => timer.cancel() };
  }

  /** Runs to the end in the background; `done` never rejects. */
  function carry({ run, letGo, release }: Awaited<ReturnType<typeof assemble>>): Promise<Ended | undefined> {
    const done = inTrace(run.created.trace, () => carryOut(run))
      .then(
        (ended) => {
          count(run, ended);
          return ended;
        },
        (error: unknown) => leave(run, error),
      )
      .finally(() => {
        release();
        carried.delete(run.id);
      });
    carried.set(run.id, { shard: journal.shardOf(run.id), letGo, done });
    return done;
  }

  function count({ tenant, created }: Run, { body }: Ended) {
    ends.inc({ tenant: tenant.id, status: body.status });
    durations.observe({ status: body.status }, (body.at - created.createdAt) / 1_000);
  }

  function leave(run: Run, error: unknown): undefined {
    const expected = run.halt.aborted || (error instanceof HiveError && error.retryable);
    logger[expected ? 'info' : 'error']({ err: error, executionId: run.id }, 'this process let go of a run; the owner of its shard goes on with it');
    return undefined;
  }

  async function execute({ tenant, principal, context }: Caller, { workflow, input, startNode, mode }: StartRequest): Promise<Started> {
    if (!workflow.active) throw workflowInactive({ workflowId: workflow.id });
    halt.signal.throwIfAborted();
    const { settings } = workflow.definition;
    const created = (): RecordBodies['run.created'] => ({
      workflowId: workflow.id, version: workflow.version, input: input ?? null, items: itemsOf(input), startNode: startNode ?? null, mode,
      timezone: settings.timezone ?? tenant.settings.timezone ?? options.timezone,
      timeoutMs: Math.min(settings.executionTimeoutMs ?? options.runTimeoutMs, options.runTimeoutMs),
      startedBy: principal.userId, channel: context.channel, requestId: context.requestId, correlationId: context.correlationId,
      ipAddress: context.ipAddress, trace: currentTrace(), createdAt: clock.now(),
    });
    const executionId = await journal.newStream();
    const log = logOf(executionId, tenant, []);
    const assembled = await assemble(log, tenant, { workflow, created });
    const position = (await log.barrier()) as Position;
    return { executionId, position, ended: carry(assembled) };
  }

  async function resume(executionId: string, recorded: readonly Recorded[]) {
    const first = recorded[0]!;
    const body = first.body as RecordBodies['run.created'];
    const tenant = await tenancy.find(first.scope);
    if (!tenant) throw new Error(`execution ${executionId} belongs to tenant ${first.scope}, which does not exist`);
    const workflow = await workflows.load(tenant, body.workflowId, body.version);
    const assembled = await assemble(logOf(executionId, tenant, recorded), tenant, { workflow, created: () => body });
    logger.info({ executionId, records: recorded.length }, 'resuming a run from its log');
    void carry(assembled);
  }

  async function resumeAll(open: ReadonlyMap<string, readonly Recorded[]>) {
    for (const [executionId, recorded] of open)
      await resume(executionId, recorded).catch((error: unknown) =>
        logger.error({ err: error, executionId }, 'a run could not be resumed; its log is kept and tried again by the next owner'),
      );
  }

  function abandon(shard: number) {
    for (const run of carried.values()) if (run.shard === shard) run.letGo.abort(new Error(`shard ${shard} is owned by another process`));
  }

  async function stop() {
    halt.abort(new Error('this process is stopping'));
    const all = Promise.all([...carried.values()].map((run) => run.done));
    const limit = new AbortController();
    await Promise.race([all, clock.sleep(options.drainMs, limit.signal).catch(() => undefined)]);
    limit.abort();
    for (const run of carried.values()) run.letGo.abort(halt.signal.reason);
    await all;
  }

  journal.onGained((_shard, open) => resumeAll(open));
  journal.onLost(abandon);
  return { name: 'execution', start: async () => undefined, stop, execute };
}
