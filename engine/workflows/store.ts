/** Rows of the tenant's `workflows` and `workflow_versions`, as the room's answers. */
import { loadQueries, type Sql } from '../storage/index.ts';
import type { ListQuery, VersionDetail, VersionSummary, WorkflowDetail, WorkflowSummary } from './contract.ts';
import { workflowCursorInvalid } from './errors.ts';
import type { McpTool } from './mcp-tools.ts';
import type { WorkflowDefinition } from './port.ts';

const queries = loadQueries(import.meta.dirname, [
  'create_workflow', 'find_version', 'find_workflow', 'list_versions', 'list_workflows', 'load_version', 'set_active', 'update_workflow',
]);

type Dated<T> = Omit<T, 'created_at' | 'updated_at'> & { created_at: Date; updated_at: Date };
type VersionRow<T> = Omit<T, 'created_at'> & { created_at: Date };

/** What one version is made of, ready to be stored. */
export interface Draft {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly n8nData: unknown;
  readonly definition: WorkflowDefinition;
  readonly mcpTools: readonly McpTool[];
  readonly authorId: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface LoadedVersion {
  readonly active: boolean;
  readonly created_by: string;
  readonly current_version: number;
  /** Null when the workflow has no such version. */
  readonly version: number | null;
  /** Null also when the caller said that it has this version. */
  readonly definition: WorkflowDefinition | null;
}

function summaryOf(row: Dated<WorkflowSummary>): WorkflowSummary {
  const { id, name, description, version, active, status, created_by } = row;
  return { id, name, description, version, active, status, created_by, created_at: row.created_at.toISOString(), updated_at: row.updated_at.toISOString() };
}

const detailOf = (row: Dated<WorkflowDetail>): WorkflowDetail => ({ ...summaryOf(row), n8n_data: row.n8n_data, mcp_tools: row.mcp_tools ?? [] });

const columnsOf = ({ id, name, description, n8nData, mcpTools, authorId, definition, at }: Draft) => [
  id, name, description, JSON.stringify(n8nData), JSON.stringify(mcpTools), authorId, JSON.stringify(definition), at,
];

/** A cursor is the last row's moment and id; opaque to clients. */
const cursorOf = (row: { cursor_moment: string; id: string }) => Buffer.from(`${row.cursor_moment}|${row.id}`).toString('base64url');

const CURSOR = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z)\|([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

function placeAfter(cursor: string | undefined): [moment: string | null, id: string | null] {
  if (cursor === undefined) return [null, null];
  const [, moment, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (!moment || !id || Number.isNaN(Date.parse(moment))) throw workflowCursorInvalid({ cursor });
  return [moment, id];
}

export async function createRow(sql: Sql, draft: Draft): Promise<WorkflowDetail> {
  return detailOf((await sql.one<Dated<WorkflowDetail>>(queries.create_workflow, columnsOf(draft)))!);
}

/** Undefined when the workflow is not at `expectedVersion`, or not there. */
export async function updateRow(sql: Sql, draft: Draft, expectedVersion: number | undefined): Promise<WorkflowDetail | undefined> {
  const row = await sql.one<Dated<WorkflowDetail>>(queries.update_workflow, [...columnsOf(draft), expectedVersion ?? null]);
  return row && detailOf(row);
}

export async function findRow(sql: Sql, id: string): Promise<WorkflowDetail | undefined> {
  const row = await sql.one<Dated<WorkflowDetail>>(queries.find_workflow, [id]);
  return row && detailOf(row);
}

export async function setActiveRow(sql: Sql, id: string, { active, at }: { active: boolean; at: string }): Promise<WorkflowDetail> {
  return detailOf((await sql.one<Dated<WorkflowDetail>>(queries.set_active, [id, active, at]))!);
}

export async function loadRow(sql: Sql, id: string, { version, known }: { version: number | undefined; known: number | undefined }): Promise<LoadedVersion | undefined> {
  return sql.one<LoadedVersion>(queries.load_version, [id, version ?? null, known ?? null]);
}

export async function listRows(sql: Sql, { limit, active, cursor }: ListQuery): Promise<{ workflows: WorkflowSummary[]; next_cursor: string | null }> {
  const rows = await sql.rows<Dated<WorkflowSummary> & { cursor_moment: string }>(queries.list_workflows, [limit, active ?? null, ...placeAfter(cursor)]);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { workflows: page.map(summaryOf), next_cursor: last && rows.length > limit ? cursorOf(last) : null };
}

export async function listVersionRows(sql: Sql, id: string): Promise<VersionSummary[]> {
  const rows = await sql.rows<VersionRow<VersionSummary>>(queries.list_versions, [id]);
  return rows.map((row) => ({ ...row, created_at: row.created_at.toISOString() }));
}

export async function findVersionRow(sql: Sql, id: string, version: number): Promise<VersionDetail | undefined> {
  const row = await sql.one<VersionRow<VersionDetail>>(queries.find_version, [id, version]);
  return row && { ...row, mcp_tools: row.mcp_tools ?? [], created_at: row.created_at.toISOString() };
}
