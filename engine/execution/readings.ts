/** What is read of executions: always from the tenant's own tables, in the tenant's own role. */
import type { BusEvent } from '../events/index.ts';
import type { Tenant } from '../kernel/index.ts';
import type { Tenancy } from '../tenancy/index.ts';
import { executionCursorInvalid, executionUnknown } from './errors.ts';
import { queries } from './queries.ts';
import { limits } from './recordable.ts';
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
  items: { json: unknown }[] | null;
  /** There are items, but too many to show. */
  omitted: boolean;
  completed_at: Date;
}
export interface WantedPage {
  readonly workflow_id?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Readings {
  /** Throws EXECUTION_UNKNOWN (404), also for another tenant's id. */
  detail(tenant: Tenant, executionId: string): Promise<object>;
  steps(tenant: Tenant, executionId: string): Promise<object>;
  /** Throws EXECUTION_CURSOR_INVALID (400). */
  page(tenant: Tenant, wanted: WantedPage): Promise<object>;
  exists(tenant: Tenant, executionId: string): Promise<boolean>;
  /** The events of an execution so far, with the numbers under which they were sent. */
  eventsOf(tenant: Tenant, executionId: string): Promise<BusEvent[]>;
}

const encodeCursor = (row: { created_at: Date; id: string }) => Buffer.from(`${row.created_at.toISOString()} ${row.id}`).toString('base64url');
const cursorForm = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

function decodeCursor(cursor: string | undefined): [string | null, string | null] {
  if (cursor === undefined) return [null, null];
  const [, at, id] = cursorForm.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (!at || !id || !(Date.parse(at) > 0)) throw executionCursorInvalid({ cursor: cursor.slice(0, 100) });
  return [at, id];
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

  async function page(tenant: Tenant, { workflow_id, limit, cursor }: WantedPage) {
    const parameters = [workflow_id ?? null, ...decodeCursor(cursor), limit + 1];
    const executions = await tenancy.within(tenant, (sql) => sql.rows<{ created_at: Date; id: string }>(queries.list_executions, parameters));
    const shown = executions.slice(0, limit);
    return { executions: shown, next_cursor: executions.length > limit ? encodeCursor(shown.at(-1)!) : null };
  }

  const exists = async (tenant: Tenant, executionId: string) =>
    Boolean(await tenancy.within(tenant, (sql) => sql.one(queries.find_execution, [executionId])));

  async function eventsOf(tenant: Tenant, executionId: string): Promise<BusEvent[]> {
    const row = await find(tenant, executionId);
    const { nodes, last } = await tenancy.within(tenant, async (sql) => ({
      nodes: await sql.rows<NodeRow>(queries.list_completed_nodes, [executionId, limits.shownBytes]),
      last: await sql.one<{ execution_index: number | null }>(queries.find_last_step, [executionId]),
    }));
    const subject = { executionId, tenantId: tenant.id };
    const event: MakeEvent = (type, sequence, at, data) =>
      workflowEvent(subject, { workflowId: row.workflow_id }, { type, sequence, at: at.getTime(), data });
    const past = nodes.map(({ execution_index, completed_at, node, progress, items, omitted }) => {
      const shown = omitted ? { result_omitted: true } : { result: (items ?? []).map((item) => item.json) };
      return event('node_completed', nodeSequence(execution_index), completed_at, { node_id: node, progress, ...shown });
    });
    const end = endOf(row, endSequence(last?.execution_index ?? -1), event);
    return [event('execution_started', startedSequence, row.created_at, {}), ...past, ...end];
  }

  return { detail, steps, page, exists, eventsOf };
}

type MakeEvent = (type: string, sequence: number, at: Date, data: Record<string, unknown>) => BusEvent;

function endOf({ completed_at, status, output_data, error_node, error_message }: ExecutionRow, sequence: number, event: MakeEvent): BusEvent[] {
  if (!completed_at) return [];
  if (status !== 'completed') return [event('error', sequence, completed_at, { node_id: error_node, error: error_message })];
  const shown = Buffer.byteLength(JSON.stringify(output_data)) > limits.shownBytes ? { result_omitted: true } : { result: output_data };
  return [event('execution_completed', sequence, completed_at, { progress: 100, ...shown })];
}
