import { newId, type Principal, type RouteDefinition, type Tenant } from '../kernel/index.ts';
import { createChanges, type ChangesOptions } from './changes.ts';
import { createBody } from './contract.ts';
import { workflowInvalid } from './errors.ts';
import { createLoadedVersions } from './loaded-versions.ts';
import type { Changes, Readings } from './operations.ts';
import type { Workflows, WorkflowVersion } from './port.ts';
import { createReadings } from './readings.ts';
import { workflowRoutes } from './routes.ts';

export type WorkflowsOptions = Omit<ChangesOptions, 'loaded'>;

export interface WorkflowsRoom extends Workflows, Changes, Readings {
  readonly routes: readonly RouteDefinition[];
}

export function createWorkflows(options: WorkflowsOptions): WorkflowsRoom {
  const loaded = createLoadedVersions();
  const changes = createChanges({ ...options, loaded });
  const readings = createReadings({ tenancy: options.tenancy, loaded });

  /** For callers inside the engine; a request's own creation goes through `define`. */
  async function create(tenant: Tenant, principal: Principal, name: string, n8n: unknown): Promise<WorkflowVersion> {
    const parsed = createBody.safeParse({ name, n8n_data: n8n });
    if (!parsed.success)
      throw workflowInvalid({ issues: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), found: 'not acceptable', expected: message })) });
    const stored = await changes.define({ tenant, principal, requestId: newId(), ipAddress: 'internal' }, parsed.data);
    return readings.load(tenant, stored.id, stored.version);
  }

  return {
    name: 'workflows', ...changes, ...readings, create,
    routes: workflowRoutes({ ...changes, ...readings }),
    start: async () => undefined,
    stop: async () => undefined,
  };
}
