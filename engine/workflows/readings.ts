/** Reads workflows and hands versions to whoever executes them. */
import type { Tenant } from '../kernel/index.ts';
import type { Tenancy } from '../tenancy/index.ts';
import { workflowVersionUnknown } from './errors.ts';
import type { LoadedVersions } from './loaded-versions.ts';
import { checkedId, present, type Readings } from './operations.ts';
import type { WorkflowVersion } from './port.ts';
import { findRow, findVersionRow, listRows, listVersionRows, loadRow } from './store.ts';

export function createReadings({ tenancy, loaded }: { tenancy: Pick<Tenancy, 'within'>; loaded: LoadedVersions }): Readings & {
  load(tenant: Tenant, workflowId: string, version?: number): Promise<WorkflowVersion>;
} {
  /** One statement, which leaves the definition out where it is in memory. */
  async function load(tenant: Tenant, workflowId: string, version?: number): Promise<WorkflowVersion> {
    const id = checkedId(workflowId);
    const guess = version ?? loaded.latest(tenant.id, id);
    const inMemory = guess === undefined ? undefined : loaded.get(tenant.id, id, guess);
    const row = present(await tenancy.within(tenant, (sql) => loadRow(sql, id, { version, known: inMemory && guess })), id);
    if (row.version === null) throw workflowVersionUnknown({ workflowId: id, version: version ?? row.current_version });
    const definition = row.definition ? loaded.keep({ tenantId: tenant.id, workflowId: id, version: row.version }, row.definition) : inMemory!;
    return { id, version: row.version, active: row.active, createdBy: row.created_by, definition };
  }

  return {
    load,
    find: async (tenant, workflowId) => {
      const id = checkedId(workflowId);
      return present(await tenancy.within(tenant, (sql) => findRow(sql, id)), workflowId);
    },
    list: (tenant, query) => tenancy.within(tenant, (sql) => listRows(sql, query)),
    versions: async (tenant, workflowId) => {
      const id = checkedId(workflowId);
      const found = await tenancy.within(tenant, (sql) => listVersionRows(sql, id));
      return present(found.length > 0 ? found : undefined, workflowId);
    },
    findVersion: async (tenant, workflowId, version) => {
      const id = checkedId(workflowId);
      return tenancy.within(tenant, async (sql) => {
        const found = await findVersionRow(sql, id, version);
        if (found) return found;
        present(await findRow(sql, id), id);
        throw workflowVersionUnknown({ workflowId: id, version });
      });
    },
  };
}
