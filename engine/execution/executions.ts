/**
 * Executions: starts runs in shards of this process, resumes those of shards it gains, and tells waiters how a run
 * ended.
 *
 * Owns: how a run begins, anew or from its log. Does not know: how it proceeds (orchestrator), which are under way
 * (carrying), what is durable (journal).
 */
import { currentTrace, HiveError, inTrace } from '../kernel/index.ts';
import type { Clock, Logger, Principal, RequestContext, Service, Tenant } from '../kernel/index.ts';
import { fenced, stopped, type Journal, type Position, type Recorded } from '../journal/index.ts';
import type { Observability } from '../observability/index.ts';
import type { Tenancy } from '../tenancy/index.ts';
import type { Workflows, WorkflowVersion } from '../workflows/index.ts';
import { breakOff } from './breaking-off.ts';
import { createCarrying, type Tenure } from './carrying.ts';
import { workflowInactive } from './errors.ts';
import { createGrip, type Grip } from './hold.ts';
import { createHookSystem, type HookHandler } from './hook-system.ts';
import { createInterpreter } from './interpreter/index.ts';
import type { TaskRegistry } from './interpreter/port.ts';
import { carryOut, type Ended } from './orchestrator.ts';
import { stepErrorOf } from './recordable.ts';
import type { RecordBodies } from './records.ts';
import { chooseByRule, type RecoverySelector } from './recovery.ts';
import { createRunLog, type RunLog } from './run-log.ts';
import { deadlineOf, type Run } from './run.ts';
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
  readonly journal: Pick<Journal, 'newStream' | 'shardOf' | 'append' | 'onGained' | 'onLost'>;
  readonly tenancy: Pick<Tenancy, 'find'>;
  readonly workflows: Pick<Workflows, 'load'>;
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

/** Between two tries to take up a run again. */
const [FIRST_RETRY_MS, SLOWEST_RETRY_MS] = [200, 30_000];
const BUCKETS = [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600];

/** A run's input as items: an array gives one item an element, anything else one item. */
export function itemsOf(input: unknown): Item[] {
  const list = Array.isArray(input) ? input : [input ?? {}];
  const isObject = (value: unknown): value is Item['json'] => typeof value === 'object' && value !== null && !Array.isArray(value);
  return list.map((value) => ({ json: isObject(value) ? value : { value } }));
}

export function createExecutions(options: ExecutionsOptions): Executions {
  const { journal, tenancy, workflows, registry, clock, logger, handlers } = options;
  const carrying = createCarrying(options);
  const ends = options.metrics.counter('hive_executions_total', 'Executions that ended, by tenant and outcome', ['tenant', 'status']);
  const durations = options.metrics.histogram('hive_execution_duration_seconds', 'From creation to end, in seconds', ['status'], BUCKETS);

  /** The run's parts, put together; writes, or reads back, that it was created. */
  async function assemble({ log, grip, tenant, workflow, first }: Beginning): Promise<Run> {
    const interpreter = createInterpreter({
      definition: workflow.definition, startNode: first.startNode ?? undefined, input: first.items, mode: first.mode,
    });
    const state = createStateManager({ log, clock });
    const created = await state.initialise(() => first);
    const hooks = createHookSystem({ log, workflowId: workflow.id, handlers, clock, logger });
    return {
      id: log.executionId, tenant, created, workflow, log, state, hooks, handlers, interpreter, registry, clock, logger,
      chooseRecovery: options.chooseRecovery ?? chooseByRule, hold: grip, statesVisited: [], spentBytes: 0,
    };
  }

  /** Runs to the end in the background; never rejects. */
  async function carry(tenure: Tenure, run: Run, grip: Grip): Promise<Ended | undefined> {
    const limit = clock.after(deadlineOf(run) - clock.now(), grip.timeUp);
    try {
      const ended = await carrying.carry(tenure, grip, () => inTrace(run.created.trace, () => carryOut(run)));
      count(run, ended);
      return ended;
    } catch (error) {
      const expected = grip.halt.aborted || (error instanceof HiveError && error.retryable);
      const level = expected ? 'info' : 'error';
      logger[level]({ err: error, executionId: run.id }, 'this process let go of a run; the owner of its shard goes on with it');
      return undefined;
    } finally {
      limit.cancel();
    }
  }

  function count({ tenant, created }: Run, { body }: Ended) {
    ends.inc({ tenant: tenant.id, status: body.status });
    durations.observe({ status: body.status }, (body.at - created.createdAt) / 1_000);
  }

  async function execute(caller: Caller, request: StartRequest): Promise<Started> {
    const { workflow } = request;
    if (!workflow.active) throw workflowInactive({ workflowId: workflow.id });
    if (carrying.stopping) throw stopped({});
    const executionId = await journal.newStream();
    const tenure = carrying.tenureOf(journal.shardOf(executionId));
    if (!tenure) throw fenced({ shard: journal.shardOf(executionId) });
    const grip = createGrip();
    const { tenant } = caller;
    const log = createRunLog({ journal, clock, executionId, tenantId: tenant.id, recorded: [], letGo: grip.letGo });
    const run = await assemble({ log, grip, tenant, workflow, first: creation(caller, request) });
    const position = (await log.barrier()) as Position;
    return { executionId, position, ended: carry(tenure, run, grip) };
  }

  function creation({ tenant, principal, context }: Caller, { workflow, input, startNode, mode }: StartRequest): RecordBodies['run.created'] {
    const { settings } = workflow.definition;
    return {
      workflowId: workflow.id, version: workflow.version, input: input ?? null, items: itemsOf(input), startNode: startNode ?? null, mode,
      timezone: settings.timezone ?? tenant.settings.timezone ?? options.timezone,
      timeoutMs: Math.min(settings.executionTimeoutMs ?? options.runTimeoutMs, options.runTimeoutMs),
      startedBy: principal.userId, channel: context.channel, requestId: context.requestId, correlationId: context.correlationId,
      ipAddress: context.ipAddress, trace: currentTrace(), createdAt: clock.now(),
    };
  }

  /** Takes up one run from its log. What fails now and may succeed later is tried until the shard is somebody else's. */
  async function resume(tenure: Tenure, executionId: string, recorded: readonly Recorded[], failures = 0): Promise<void> {
    if (!carrying.accepts(tenure)) return;
    try {
      await takeUp(tenure, executionId, recorded);
    } catch (error) {
      logger.error({ err: error, executionId, failures }, 'a run could not be resumed; its log is kept and it is tried again');
      const delayMs = Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures, 16), SLOWEST_RETRY_MS);
      clock.after(delayMs, () => void resume(tenure, executionId, recorded, failures + 1));
    }
  }

  async function takeUp(tenure: Tenure, executionId: string, recorded: readonly Recorded[]) {
    const { scope, body } = recorded[0]!;
    const grip = createGrip();
    const log = createRunLog({ journal, clock, executionId, tenantId: scope, recorded, letGo: grip.letGo });
    try {
      const beginning = await recall(log, grip, body as RecordBodies['run.created']);
      // Looking things up took time, in which the shard may have gone, and even have come back.
      if (!carrying.accepts(tenure)) return;
      const run = await assemble(beginning);
      logger.info({ executionId, records: recorded.length }, 'resuming a run from its log');
      void carry(tenure, run, grip);
    } catch (error) {
      if (log.lost || !isLasting(error)) throw error;
      logger.error({ err: error, executionId }, 'a run cannot be resumed by any engine of this version and is ended as failed');
      if (carrying.accepts(tenure)) await breakOff({ log, handlers, clock, logger }, stepErrorOf(error));
    }
  }

  async function recall(log: RunLog, grip: Grip, first: RecordBodies['run.created']): Promise<Beginning> {
    const tenant = await tenancy.find(log.tenantId);
    if (!tenant) throw new Error(`execution ${log.executionId} belongs to tenant ${log.tenantId}, which does not exist`);
    return { log, grip, tenant, first, workflow: await workflows.load(tenant, first.workflowId, first.version) };
  }

  async function resumeAll(shard: number, open: ReadonlyMap<string, readonly Recorded[]>) {
    const tenure = carrying.gained(shard);
    for (const [executionId, recorded] of open) await resume(tenure, executionId, recorded);
  }

  journal.onGained(resumeAll);
  journal.onLost(carrying.lost);
  return { name: 'execution', start: async () => undefined, stop: carrying.stop, execute };
}

/** What a run is put together from. */
interface Beginning {
  readonly log: RunLog;
  readonly grip: Grip;
  readonly tenant: Tenant;
  readonly workflow: WorkflowVersion;
  readonly first: RecordBodies['run.created'];
}

/** Foreseen, and no different next time: the workflow's version is gone, or has no node to start at. */
const isLasting = (error: unknown): error is HiveError => error instanceof HiveError && !error.retryable;
