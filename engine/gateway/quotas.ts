/**
 * The documented table RATE_LIMITS (flow hive-rate-limits): requests per window, by endpoint key and role.
 * Zero means never (documents' conflict X16). Several roles: the most generous counts.
 */
import type { Principal, RouteDefinition } from '../kernel/index.ts';

interface Quota {
  /** Method and path, without the optional /api and without parameter names. All of them share one counter. */
  readonly endpoints: readonly string[];
  readonly byRole: Readonly<Record<string, number>>;
}

export const rateLimits: Readonly<Record<string, Quota>> = {
  'api.workflows.create': { endpoints: ['post /workflows'], byRole: { admin: 100, developer: 50, viewer: 0 } },
  'api.executions.start': {
    endpoints: ['post /workflows/{}/execute', 'post /workflows/execute', 'post /execute', 'post /executions'],
    byRole: { admin: 200, developer: 100, viewer: 0 },
  },
  'api.agents.register': { endpoints: ['post /agents', 'post /agents/register'], byRole: { admin: 10, developer: 0, viewer: 0 } },
};

const endpointOf = (method: string, path: string) => `${method} ${path.replace(/^\/api(?=\/)/, '').replace(/\{\w+\}/g, '{}')}`;

/** The key whose counter a route uses; undefined for routes that share the person's general budget. */
export function endpointKeyOf({ method, path, aliases = [] }: Pick<RouteDefinition, 'method' | 'path' | 'aliases'>): string | undefined {
  const own = [path, ...aliases].map((each) => endpointOf(method, each));
  return Object.keys(rateLimits).find((key) => rateLimits[key]?.endpoints.some((endpoint) => own.includes(endpoint)));
}

/** Undefined where the table says nothing about any of the person's roles. */
export function quotaOf(endpointKey: string, { roles }: Pick<Principal, 'roles'>): number | undefined {
  const quotas = roles.map((role) => rateLimits[endpointKey]?.byRole[role]).filter((quota) => quota !== undefined);
  return quotas.length > 0 ? Math.max(...quotas) : undefined;
}
