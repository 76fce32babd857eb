/** What is read of executions: always from the tenant's own tables, in the tenant's own role. */
import type { BusEvent } from '../events/index.ts';
import type { Tenant } from '../kernel/index.ts';
import type { Tenancy } from '../tenancy/index.ts';
import { executionUnknown } from './errors.ts';
import { queries } from './queries.ts';
import { endSequence, nodeSequence, startedSequence, workflowEvent } from './workflow-events.ts';

interface ExecutionRow {
  id: string;
  workflow_id: string;
  status: string;
  phase: string;
  states_visited: string[];
  output_data: unknown;
  error_message: string | null;
  error_code: string | null;
  error_node: string | null;
  created_at: Date;
  completed_at: Date | null;
}
interface NodeRow {
  execution_index: number;
  node: string;
  progress: number;
  output_data: { json: unknown }[][] | null;
  completed_at: Date;
}

export interface Readings {
  /** Throws EXECUTION_UNKNOWN (404), also for another tenant's id. */
  detail(tenant: Tenant, executionId: string): Promise<object>;
  steps(tenant: Tenant, executionId: string): Promise<object>;
  page(tenant: Tenant, wanted: { workflow_id?: string | undefined; limit: number; cursor?: string | undefined }): Promise<object>;
  exists(tenant: Tenant, executionId: string): Promise<boolean>;
  /** The events of an execution so far, with the numbers under which they were sent. */
  eventsOf(tenant: Tenant, executionId: string): Promise<BusEvent[]>;
}

const encodeCursor = (row: { created_at: Date; id: string }) => Buffer.from(`${row.created_at.toISOString()} ${row.id}`).toString('base64url');
function decodeCursor(cursor: string | undefined): [string | null, string | null] {
  const [at, id] = Buffer.from(cursor ?? '', 'base64url').toString().split(' ');
  const known = at && id && !Number.isNaN(Date.parse(at)) && /^[0-9a-f-]{36}$/.test(id);
  return known ? [at, id] : [null, null];
}

export function createReadings(tenancy: Tenancy): Readings {
  async function find(tenant: Tenant, executionId: string) {
    const row = await tenancy.within(tenant, (sql) => sql.one<ExecutionRow>(queries.find_execution, [executionId]));
    if (!row) throw executionUnknown({ executionId });
    return row;
  }

  async function detail(tenant: Tenant, executionId: string) {
    const { error_message, error_code, error_node, ...row } = await find(tenant, executionId);
    const phases = await tenancy.within(tenant, (sql) => sql.rows(queries.list_phase_changes, [executionId]));
    const error = error_message === null ? null : { message: error_message, code: error_code, node: error_node };
    return { ...row, error, phases };
  }

  async function steps(tenant: Tenant, executionId: string) {
    await find(tenant, executionId);
    return { steps: await tenancy.within(tenant, (sql) => sql.rows(queries.list_execution_steps, [executionId])) };
  }

  async function page(tenant: Tenant, { workflow_id, limit, cursor }: { workflow_id?: string | undefined; limit: number; cursor?: string | undefined }) {
    const executions = await tenancy.within(tenant, (sql) =>
      sql.rows<{ created_at: Date; id: string }>(queries.list_executions, [workflow_id ?? null, ...decodeCursor(cursor), limit + 1]),
    );
    const shown = executions.slice(0, limit);
    return { executions: shown, next_cursor: executions.length > limit ? encodeCursor(shown.at(-1)!) : null };
  }

  const exists = async (tenant: Tenant, executionId: string) =>
    Boolean(await tenancy.within(tenant, (sql) => sql.one(queries.find_execution, [executionId])));

  async function eventsOf(tenant: Tenant, executionId: string): Promise<BusEvent[]> {
    const row = await find(tenant, executionId);
    const nodes = await tenancy.within(tenant, (sql) => sql.rows<NodeRow>(queries.list_completed_nodes, [executionId]));
    const subject = { executionId, tenantId: tenant.id };
    const event = (type: string, sequence: number, at: Date, data: Record<string, unknown>) =>
      workflowEvent(subject, { workflowId: row.workflow_id }, { type, sequence, at: at.getTime(), data });
    const past = nodes.map((node) =>
      event('node_completed', nodeSequence(node.execution_index), node.completed_at, {
        node_id: node.node, progress: node.progress, result: (node.output_data?.[0] ?? []).map((item) => item.json),
      }),
    );
    const started = event('execution_started', startedSequence, row.created_at, {});
    return [started, ...past, ...endOf(row, event)];
  }

  return { detail, steps, page, exists, eventsOf };
}

function endOf(row: ExecutionRow, event: (type: string, sequence: number, at: Date, data: Record<string, unknown>) => BusEvent): BusEvent[] {
  if (!row.completed_at) return [];
  const sequence = endSequence(row.states_visited.length);
  if (row.status === 'completed') return [event('execution_completed', sequence, row.completed_at, { progress: 100, result: row.output_data })];
  return [event('error', sequence, row.completed_at, { node_id: row.error_node, error: row.error_message })];
}
