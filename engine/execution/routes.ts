import { defineRoute, traced, type RequestContext, type RouteDefinition } from '../kernel/index.ts';
import type { Clock, Principal, Tenant } from '../kernel/index.ts';
import type { Identity } from '../identity/index.ts';
import { appendTooLarge, busy, fenced, noShardOwned, stopped, type Journal } from '../journal/index.ts';
import { workflowUnknown, type Workflows } from '../workflows/index.ts';
import {
  executeAnswer, executeBody, executeByIdBody, executionDetail, executionPage, executionPath, executionSteps, listQuery, workflowPath,
  type ExecuteBody,
} from './contract.ts';
import { executionCursorInvalid, executionUnknown, workflowInactive } from './errors.ts';
import type { Executions, Started } from './executions.ts';
import { noStartNode, startNodeUnknown } from './interpreter/errors.ts';
import type { Ended } from './orchestrator.ts';
import type { Readings } from './readings.ts';

export interface RoutesOptions {
  readonly executions: Executions;
  readonly readings: Readings;
  readonly workflows: Workflows;
  readonly identity: Identity;
  readonly journal: Pick<Journal, 'applied'>;
  readonly clock: Clock;
  /** Longest time a `sync` call waits; a tenant may set less. */
  readonly synchronousWaitMs: number;
}

/** The gateway has resolved both before a route that needs them is reached. */
const caller = (context: RequestContext) => ({ context, tenant: context.tenant as Tenant, principal: context.principal as Principal });

/** How long an answer waits for the tables to show it. What it tells is durable already, so after that it is told all the same. */
const SHOWN_MS = 5_000;

const goingOn = (executionId: string) => ({
  status: 202,
  body: { execution_id: executionId, status: 'running', states_visited: [], result: null, error: null },
});

function answerOf(executionId: string, { body }: Ended) {
  const error = body.error && { message: body.error.message, code: body.error.code ?? null, node: body.error.node };
  const result = body.output?.map((item) => item.json) ?? null;
  return { status: 200, body: { execution_id: executionId, status: body.status, states_visited: body.statesVisited, result, error } };
}

export function executionRoutes({ executions, readings, workflows, identity, journal, clock, synchronousWaitMs }: RoutesOptions): RouteDefinition[] {
  /** What `work` gives, or undefined after `limitMs` or when nobody waits for it any more. */
  async function within<T>(limitMs: number, { signal, work }: { signal: AbortSignal; work: Promise<T> }): Promise<T | undefined> {
    const over = new AbortController();
    const leave = () => over.abort();
    signal.addEventListener('abort', leave, { once: true });
    const limit = clock.sleep(limitMs, over.signal).then(() => undefined, () => undefined);
    if (signal.aborted) leave();
    try {
      return await Promise.race([work, limit]);
    } finally {
      signal.removeEventListener('abort', leave);
      leave();
    }
  }

  /** A sync call that outlasts its limit, or whose run goes on in another process, is answered like an async one. */
  async function answer({ executionId, position, ended }: Started, limitMs: number | undefined, { signal, log }: RequestContext) {
    const end = limitMs === undefined ? undefined : await within(limitMs, { signal, work: ended });
    // The caller sees its own write: the tables have what the answer tells before it is told.
    const shown = journal.applied(end?.position ?? position);
    const unseen = (error: unknown) => log.warn({ err: error, executionId }, 'answered before the tables show it');
    await within(SHOWN_MS, { signal, work: shown.catch(unseen) });
    return end ? answerOf(executionId, end) : goingOn(executionId);
  }

  /** POST .../execute in its three documented forms (conflict X01). */
  async function execute(workflowId: string, body: ExecuteBody, context: RequestContext) {
    const { tenant, principal } = caller(context);
    const asked = { from: 'orchestrator', to: 'task-registry', message: 'load workflow definition', tenant: tenant.id };
    const workflow = await traced(asked, () => workflows.load(tenant, workflowId));
    const resource = { kind: 'workflows', id: workflow.id, tenantId: tenant.id, ownerId: workflow.createdBy };
    await identity.authorise(principal, 'workflows.execute', resource, context);
    const { input, start_node: startNode, run_mode: mode } = body;
    const started = await executions.execute({ tenant, principal, context }, { workflow, input, startNode, mode });
    const limitMs = Math.min(tenant.settings.synchronousWaitMs ?? synchronousWaitMs, synchronousWaitMs);
    return answer(started, body.mode === 'async' ? undefined : limitMs, context);
  }

  const executeAnswers = {
    200: { description: 'The execution ended; `status` tells how', schema: executeAnswer },
    202: { description: 'The execution goes on; ask for it, or watch its topic', schema: executeAnswer },
  };
  const executeErrors = [workflowUnknown, workflowInactive, noStartNode, startNodeUnknown, appendTooLarge, busy, noShardOwned, stopped, fenced];
  const byId = (path: string, operationId: string) =>
    defineRoute({
      method: 'post', path, aliases: [`/api${path}`], operationId, summary: 'Execute a workflow named in the body', room: 'execution',
      access: { permission: 'workflows.execute' }, body: executeByIdBody, answers: executeAnswers, errors: executeErrors,
      handle: ({ body: { workflow_id, ...rest } }, context) => execute(workflow_id, rest, context),
    });
  const view = { room: 'execution', access: { permission: 'executions.view' } } as const;

  return [
    defineRoute({
      method: 'post', path: '/workflows/{id}/execute', aliases: ['/api/workflows/{id}/execute'], operationId: 'executeWorkflow',
      summary: 'Execute a workflow', room: 'execution', access: { permission: 'workflows.execute' }, params: workflowPath, body: executeBody,
      answers: executeAnswers, errors: executeErrors,
      handle: ({ params, body }, context) => execute(params.id, body, context),
    }),
    byId('/workflows/execute', 'executeWorkflowById'),
    byId('/execute', 'execute'),
    defineRoute({
      method: 'get', path: '/executions', aliases: ['/api/executions'], operationId: 'listExecutions', summary: "The tenant's executions, newest first",
      ...view, query: listQuery, answers: { 200: { description: 'A page', schema: executionPage } }, errors: [executionCursorInvalid],
      handle: async ({ query }, context) => ({ status: 200, body: await readings.page(caller(context).tenant, query) }),
    }),
    defineRoute({
      method: 'get', path: '/executions/{id}', aliases: ['/api/executions/{id}'], operationId: 'getExecution', summary: 'One execution with its phases',
      ...view, params: executionPath, answers: { 200: { description: 'The execution', schema: executionDetail } }, errors: [executionUnknown],
      handle: async ({ params }, context) => ({ status: 200, body: await readings.detail(caller(context).tenant, params.id) }),
    }),
    defineRoute({
      method: 'get', path: '/executions/{id}/steps', aliases: ['/api/executions/{id}/steps'], operationId: 'listExecutionSteps',
      summary: 'Every attempt at every step, with its items', ...view, params: executionPath,
      answers: { 200: { description: 'The steps', schema: executionSteps } }, errors: [executionUnknown],
      handle: async ({ params }, context) => ({ status: 200, body: await readings.steps(caller(context).tenant, params.id) }),
    }),
  ];
}
