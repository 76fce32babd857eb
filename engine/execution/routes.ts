import { defineRoute, traced, type RequestContext, type RouteDefinition } from '../kernel/index.ts';
import type { Clock, Principal, Tenant } from '../kernel/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Journal } from '../journal/index.ts';
import type { Workflows } from '../workflows/index.ts';
import {
  executeAnswer, executeBody, executeByIdBody, executionDetail, executionPage, executionPath, executionSteps, listQuery, workflowPath, type ExecuteBody,
} from './contract.ts';
import { executionUnknown, workflowInactive } from './errors.ts';
import type { Executions, Started } from './executions.ts';
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

const goingOn = (executionId: string) => ({ status: 202, body: { execution_id: executionId, status: 'running', states_visited: [], result: null, error: null } });

function answerOf(executionId: string, { body }: Ended) {
  const error = body.error && { message: body.error.message, code: body.error.code ?? null, node: body.error.node };
  const result = body.output?.map((item) => item.json) ?? null;
  return { status: 200, body: { execution_id: executionId, status: body.status, states_visited: body.statesVisited, result, error } };
}

export function executionRoutes({ executions, readings, workflows, identity, journal, clock, synchronousWaitMs }: RoutesOptions): RouteDefinition[] {
  /** The caller sees its own write: the tables have what the answer tells before it is told. */
  async function firstOfEndAndLimit({ executionId, position, ended }: Started, limitMs: number) {
    const cancel = new AbortController();
    const limit = clock.sleep(limitMs, cancel.signal).catch(() => undefined);
    const end = await Promise.race([ended, limit]);
    cancel.abort();
    await journal.applied(end?.position ?? position);
    return end ? answerOf(executionId, end) : goingOn(executionId);
  }

  /** POST .../execute in its three documented forms (conflict X01). */
  async function execute(workflowId: string, body: ExecuteBody, context: RequestContext) {
    const { tenant, principal } = caller(context);
    const workflow = await traced({ from: 'orchestrator', to: 'task-registry', message: 'load workflow definition', tenant: tenant.id }, () =>
      workflows.load(tenant, workflowId),
    );
    const resource = { kind: 'workflows', id: workflow.id, tenantId: tenant.id, ownerId: workflow.createdBy };
    await identity.authorise(principal, 'workflows.execute', resource, context);
    const started = await executions.execute({ tenant, principal, context }, { workflow, input: body.input, startNode: body.start_node, mode: body.run_mode });
    const limitMs = body.mode === 'async' ? 0 : Math.min(tenant.settings.synchronousWaitMs ?? synchronousWaitMs, synchronousWaitMs);
    return firstOfEndAndLimit(started, limitMs);
  }

  const executeAnswers = {
    200: { description: 'The execution ended; `status` tells how', schema: executeAnswer },
    202: { description: 'The execution goes on; ask for it, or watch its topic', schema: executeAnswer },
  };
  const executeErrors = [workflowInactive];
  const byId = (path: string, operationId: string) =>
    defineRoute({
      method: 'post', path, operationId, summary: 'Execute a workflow named in the body', room: 'execution',
      access: { permission: 'workflows.execute' }, body: executeByIdBody, answers: executeAnswers, errors: executeErrors,
      handle: ({ body: { workflow_id, ...rest } }, context) => execute(workflow_id, rest, context),
    });

  return [
    defineRoute({
      method: 'post', path: '/workflows/{id}/execute', aliases: ['/api/workflows/{id}/execute'], operationId: 'executeWorkflow', summary: 'Execute a workflow',
      room: 'execution', access: { permission: 'workflows.execute' }, params: workflowPath, body: executeBody, answers: executeAnswers, errors: executeErrors,
      handle: ({ params, body }, context) => execute(params.id, body, context),
    }),
    byId('/workflows/execute', 'executeWorkflowById'),
    byId('/execute', 'execute'),
    defineRoute({
      method: 'get', path: '/executions', aliases: ['/api/executions'], operationId: 'listExecutions', summary: "The tenant's executions, newest first", room: 'execution',
      access: { permission: 'executions.view' }, query: listQuery, answers: { 200: { description: 'A page', schema: executionPage } }, errors: [],
      handle: async ({ query }, context) => ({ status: 200, body: await readings.page(caller(context).tenant, query) }),
    }),
    defineRoute({
      method: 'get', path: '/executions/{id}', aliases: ['/api/executions/{id}'], operationId: 'getExecution', summary: 'One execution with its phases', room: 'execution',
      access: { permission: 'executions.view' }, params: executionPath, answers: { 200: { description: 'The execution', schema: executionDetail } }, errors: [executionUnknown],
      handle: async ({ params }, context) => ({ status: 200, body: await readings.detail(caller(context).tenant, params.id) }),
    }),
    defineRoute({
      method: 'get', path: '/executions/{id}/steps', aliases: ['/api/executions/{id}/steps'], operationId: 'listExecutionSteps', summary: 'Every attempt at every step, with its items',
      room: 'execution', access: { permission: 'executions.view' }, params: executionPath, answers: { 200: { description: 'The steps', schema: executionSteps } }, errors: [executionUnknown],
      handle: async ({ params }, context) => ({ status: 200, body: await readings.steps(caller(context).tenant, params.id) }),
    }),
  ];
}
