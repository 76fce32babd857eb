/** Creates and changes workflows. Every change is audited as an attempt with an outcome, and writes everything or nothing. */
import { HiveError, newId, type Clock, type Principal } from '../kernel/index.ts';
import type { Compliance } from '../compliance/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Tenancy } from '../tenancy/index.ts';
import type { CreateBody, UpdateBody, WorkflowDetail, WorkflowStored } from './contract.ts';
import { versionConflict } from './errors.ts';
import { graphWarnings, refuseEndlessCycles } from './graph.ts';
import { importWorkflow, type DescribeNode, type Imported } from './import.ts';
import type { LoadedVersions } from './loaded-versions.ts';
import { mcpToolsOf } from './mcp-tools.ts';
import { checkedId, present, type Caller, type Changes } from './operations.ts';
import { createRow, findRow, setActiveRow, updateRow, type Draft } from './store.ts';

export interface ChangesOptions {
  readonly tenancy: Pick<Tenancy, 'within'>;
  readonly compliance: Pick<Compliance, 'attempt'>;
  readonly identity: Pick<Identity, 'authorise'>;
  readonly clock: Pick<Clock, 'now'>;
  /** What the library of nodes says of a type, for the import report; without it no node is called unsupported. */
  readonly describeNode?: DescribeNode | undefined;
  readonly loaded: LoadedVersions;
}

/** A change under way: what it is called in the audit, and what it is done to. */
interface Action {
  readonly action: string;
  readonly id: string;
}

/** Stored before the change is tried and settled with how it went, denial and refusal included. */
async function audited<T extends WorkflowDetail>(compliance: ChangesOptions['compliance'], { caller, action, id }: Action & { caller: Caller }, work: () => Promise<T>): Promise<T> {
  const { tenant, principal, requestId, ipAddress } = caller;
  const attempt = await compliance.attempt({ tenantId: tenant.id, actorId: principal.userId, action, resourceKind: 'workflows', resourceId: id, requestId, ipAddress });
  try {
    const stored = await work();
    await attempt.settle('success', { version: stored.version, active: stored.active });
    return stored;
  } catch (error) {
    const { status, code } = error instanceof HiveError ? error : { status: 500, code: 'INTERNAL_ERROR' };
    await attempt.settle(status === 403 ? 'denied' : 'failure', { code });
    throw error;
  }
}

function readDocument({ name, n8n_data }: CreateBody, describeNode: DescribeNode | undefined): Imported {
  const imported = importWorkflow(n8n_data, name, describeNode);
  refuseEndlessCycles(imported.definition);
  return { ...imported, warnings: [...imported.warnings, ...graphWarnings(imported.definition)] };
}

interface Authorship {
  readonly id: string;
  readonly principal: Principal;
  readonly at: string;
}

const draftOf = ({ name, description, n8n_data }: CreateBody, { definition }: Imported, { id, principal, at }: Authorship): Draft => ({
  id, name, description: description ?? null, n8nData: n8n_data, definition, mcpTools: mcpToolsOf(definition), authorId: principal.userId, at,
});

const reported = (detail: WorkflowDetail, { report, warnings }: Imported): WorkflowStored => ({
  ...detail,
  warnings: warnings.map((warning) => ({ ...warning, nodes: [...warning.nodes] })),
  import_report: report.map((node) => ({ ...node, defaulted: [...node.defaulted] })),
});

export function createChanges({ tenancy, compliance, identity, clock, describeNode, loaded }: ChangesOptions): Changes {
  const now = () => new Date(clock.now()).toISOString();

  /** The second check of rights (flow hq-authn-authz), by the workflow's owner and current roles. */
  async function authorise({ tenant, principal, requestId, ipAddress }: Caller, id: string) {
    const { created_by: ownerId } = present(await tenancy.within(tenant, (sql) => findRow(sql, id)), id);
    await identity.authorise(principal, 'workflows.update', { kind: 'workflows', id, tenantId: tenant.id, ownerId }, { requestId, ipAddress });
  }

  function remember({ tenant }: Caller, stored: WorkflowDetail, imported: Imported): WorkflowStored {
    loaded.keep({ tenantId: tenant.id, workflowId: stored.id, version: stored.version }, imported.definition);
    return reported(stored, imported);
  }

  async function define(caller: Caller, wanted: CreateBody): Promise<WorkflowStored> {
    const { tenant, principal } = caller;
    const id = newId();
    return audited(compliance, { caller, action: 'workflow.create', id }, async () => {
      const imported = readDocument(wanted, describeNode);
      const draft = draftOf(wanted, imported, { id, principal, at: now() });
      return remember(caller, await tenancy.within(tenant, (sql) => createRow(sql, draft)), imported);
    });
  }

  async function change(caller: Caller, workflowId: string, { expected_version: expected, ...wanted }: UpdateBody): Promise<WorkflowStored> {
    const { tenant, principal } = caller;
    const id = checkedId(workflowId);
    return audited(compliance, { caller, action: 'workflow.update', id }, async () => {
      await authorise(caller, id);
      const imported = readDocument(wanted, describeNode);
      const draft = draftOf(wanted, imported, { id, principal, at: now() });
      const stored = await tenancy.within(tenant, async (sql) => {
        const updated = await updateRow(sql, draft, expected);
        if (updated) return updated;
        const { version } = present(await findRow(sql, id), id);
        throw versionConflict({ workflowId: id, expected: expected ?? version, found: version });
      });
      return remember(caller, stored, imported);
    });
  }

  async function setActive(caller: Caller, workflowId: string, active: boolean): Promise<WorkflowDetail> {
    const id = checkedId(workflowId);
    return audited(compliance, { caller, action: active ? 'workflow.activate' : 'workflow.deactivate', id }, async () => {
      await authorise(caller, id);
      return tenancy.within(caller.tenant, (sql) => setActiveRow(sql, id, { active, at: now() }));
    });
  }

  return { define, change, setActive };
}
