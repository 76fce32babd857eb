import { defineRoute, type Principal, type RequestContext, type RouteDefinition, type Tenant } from '../kernel/index.ts';
import type { Compliance } from '../compliance/index.ts';
import { settingsChange, tenantAnswer } from './contract.ts';
import type { SettingsChange, Tenancy } from './port.ts';

/** The gateway has resolved both before a route that is not public is reached. */
const callerOf = (context: RequestContext) => ({ tenant: context.tenant as Tenant, principal: context.principal as Principal });

const answerOf = ({ id, slug, name, status, settings }: Tenant) => ({ id, slug, name, status, settings });

export function tenancyRoutes(tenancy: Pick<Tenancy, 'changeSettings'>, compliance: Pick<Compliance, 'attempt'>): RouteDefinition[] {
  async function changeSettings(change: SettingsChange, context: RequestContext) {
    const { tenant, principal } = callerOf(context);
    const attempt = await compliance.attempt({
      tenantId: tenant.id, actorId: principal.userId, action: 'tenant.settings.change', resourceKind: 'tenants', resourceId: tenant.id,
      requestId: context.requestId, ipAddress: context.ipAddress, facts: { change },
    });
    const changed = await tenancy.changeSettings(tenant.id, change).catch(async (error: unknown) => {
      await attempt.settle('failure');
      throw error;
    });
    await attempt.settle('success');
    return { status: 200, body: answerOf(changed) };
  }

  return [
    defineRoute({
      method: 'get', path: '/tenant', operationId: 'getTenant', summary: 'Your own tenant with its settings', room: 'tenancy',
      access: { permission: 'tenants.view' }, answers: { 200: { description: 'The tenant', schema: tenantAnswer } }, errors: [],
      handle: async (_input, context) => ({ status: 200, body: answerOf(callerOf(context).tenant) }),
    }),
    defineRoute({
      method: 'patch', path: '/tenant/settings', operationId: 'changeTenantSettings', summary: "Change your tenant's settings", room: 'tenancy',
      access: { permission: 'tenants.manage' }, body: settingsChange,
      answers: { 200: { description: 'The tenant with its new settings', schema: tenantAnswer } }, errors: [],
      handle: ({ body }, context) => changeSettings(body, context),
    }),
  ];
}
