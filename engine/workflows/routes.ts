import { defineRoute, type Principal, type RequestContext, type RouteDefinition, type Tenant } from '../kernel/index.ts';
import {
  activationBody, createBody, listQuery, updateBody, versionDetail, versionList, versionPath, workflowDetail, workflowPage, workflowPath, workflowStored,
} from './contract.ts';
import { versionConflict, workflowCursorInvalid, workflowCycle, workflowInvalid, workflowUnknown, workflowVersionUnknown } from './errors.ts';
import type { Caller, Changes, Readings } from './operations.ts';

/** The gateway has resolved both before a route that needs them is reached. */
const callerOf = ({ tenant, principal, requestId, ipAddress }: RequestContext): Caller => ({
  tenant: tenant as Tenant, principal: principal as Principal, requestId, ipAddress,
});
const tenantOf = (context: RequestContext) => context.tenant as Tenant;

/** Every path also stands under /api (documents' conflict X02). */
const at = (path: string) => ({ room: 'workflows', path, aliases: [`/api${path}`] });
const view = { permission: 'workflows.view' };
const update = { permission: 'workflows.update' };
const refusals = [workflowInvalid, workflowCycle];

const changing = (workflows: Changes): RouteDefinition[] => [
  defineRoute({
    ...at('/workflows'), method: 'post', operationId: 'createWorkflow', summary: 'Create a workflow from an n8n export', access: { permission: 'workflows.create' },
    body: createBody, answers: { 201: { description: 'Stored as version 1', schema: workflowStored } }, errors: refusals,
    handle: async ({ body }, context) => {
      const stored = await workflows.define(callerOf(context), body);
      return { status: 201, body: stored, headers: { Location: `/workflows/${stored.id}` } };
    },
  }),
  defineRoute({
    ...at('/workflows/{id}'), method: 'put', operationId: 'updateWorkflow', summary: 'Store the next version of a workflow', access: update,
    params: workflowPath, body: updateBody, answers: { 200: { description: 'The new version; those before stay readable', schema: workflowStored } },
    errors: [workflowUnknown, versionConflict, ...refusals],
    handle: async ({ params, body }, context) => ({ status: 200, body: await workflows.change(callerOf(context), params.id, body) }),
  }),
  defineRoute({
    ...at('/workflows/{id}'), method: 'patch', operationId: 'activateWorkflow', summary: 'Activate or deactivate a workflow', access: update,
    params: workflowPath, body: activationBody, answers: { 200: { description: 'The workflow', schema: workflowDetail } }, errors: [workflowUnknown],
    handle: async ({ params, body }, context) => ({ status: 200, body: await workflows.setActive(callerOf(context), params.id, body.active) }),
  }),
];

const reading = (workflows: Readings): RouteDefinition[] => [
  defineRoute({
    ...at('/workflows'), method: 'get', operationId: 'listWorkflows', summary: "The tenant's workflows, newest first", access: view,
    query: listQuery, answers: { 200: { description: 'A page', schema: workflowPage } }, errors: [workflowCursorInvalid],
    handle: async ({ query }, context) => ({ status: 200, body: await workflows.list(tenantOf(context), query) }),
  }),
  defineRoute({
    ...at('/workflows/{id}'), method: 'get', operationId: 'getWorkflow', summary: 'One workflow at its current version', access: view,
    params: workflowPath, answers: { 200: { description: 'The workflow', schema: workflowDetail } }, errors: [workflowUnknown],
    handle: async ({ params }, context) => ({ status: 200, body: await workflows.find(tenantOf(context), params.id) }),
  }),
  defineRoute({
    ...at('/workflows/{id}/versions'), method: 'get', operationId: 'listWorkflowVersions', summary: 'All versions of a workflow, newest first', access: view,
    params: workflowPath, answers: { 200: { description: 'The versions', schema: versionList } }, errors: [workflowUnknown],
    handle: async ({ params }, context) => ({ status: 200, body: { versions: await workflows.versions(tenantOf(context), params.id) } }),
  }),
  defineRoute({
    ...at('/workflows/{id}/versions/{version}'), method: 'get', operationId: 'getWorkflowVersion', summary: 'One version of a workflow as it was stored', access: view,
    params: versionPath, answers: { 200: { description: 'The version', schema: versionDetail } }, errors: [workflowUnknown, workflowVersionUnknown],
    handle: async ({ params }, context) => ({ status: 200, body: await workflows.findVersion(tenantOf(context), params.id, params.version) }),
  }),
];

export function workflowRoutes(workflows: Changes & Readings): RouteDefinition[] {
  return [...changing(workflows), ...reading(workflows)];
}
