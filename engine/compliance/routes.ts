import { defineRoute, type RequestContext, type RouteDefinition, type Tenant } from '../kernel/index.ts';
import { auditPage, auditQuery, executionAudit, executionPath } from './contract.ts';
import { auditCursorInvalid, executionNotAudited } from './errors.ts';
import type { Readings } from './readings.ts';

/** The gateway has resolved the tenant before a route that is not public is reached. */
const tenantOf = (context: RequestContext) => context.tenant as Tenant;

export function complianceRoutes(readings: Readings): RouteDefinition[] {
  return [
    defineRoute({
      method: 'get', path: '/audit', operationId: 'listAuditEvents', summary: "The tenant's audit, newest first", room: 'compliance',
      access: { permission: 'audit.view' }, query: auditQuery,
      answers: { 200: { description: 'A page', schema: auditPage } }, errors: [auditCursorInvalid],
      handle: async ({ query }, context) => ({ status: 200, body: await readings.page(tenantOf(context), query) }),
    }),
    defineRoute({
      method: 'get', path: '/audit/executions/{id}', operationId: 'getExecutionAudit', summary: 'What the hooks of one execution recorded', room: 'compliance',
      access: { permission: 'audit.view' }, params: executionPath,
      answers: { 200: { description: 'The records in order', schema: executionAudit } }, errors: [executionNotAudited],
      handle: async ({ params }, context) => ({ status: 200, body: await readings.ofExecution(tenantOf(context), params.id) }),
    }),
  ];
}
