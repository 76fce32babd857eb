/**
 * Fills the tenant's own tables from the log (flows hive-db-executions, rabbit-er-state-transitions). One call
 * takes a batch of many executions of many tenants: one statement a table and tenant.
 */
import type { Applier, Recorded } from '../journal/index.ts';
import type { Place, Sql } from '../storage/index.ts';
import { queries } from './queries.ts';
import { isFinal, type RecordBodies, type RecordKind } from './records.ts';

type Of<Kind extends RecordKind> = Recorded & { readonly body: RecordBodies[Kind] };

const time = (at: number) => new Date(at).toISOString();
const place = ({ position }: Recorded) => ({ shard: position.shard, lsn: position.lsn, record: position.index });

function createdRow({ stream, body }: Of<'run.created'>) {
  return {
    id: stream, workflow_id: body.workflowId, workflow_version: body.version, input_data: body.input, mode: body.mode, started_by: body.startedBy,
    client_channel: body.channel, request_id: body.requestId, correlation_id: body.correlationId, created_at: time(body.createdAt),
  };
}

const changeRow = (record: Of<'phase.changed'>) => ({
  execution_id: record.stream, sequence: record.body.sequence, from_phase: record.body.from, to_phase: record.body.to, cause: record.body.cause,
  node: record.body.node, at: time(record.body.at), ...place(record),
});

const stepRow = ({ stream, body }: Of<'step.settled'>) => ({
  execution_id: stream, execution_index: body.executionIndex, attempt: body.attempt, node: body.node, run_index: body.runIndex, kind: body.kind,
  status: body.outcome.kind === 'outputs' ? 'success' : 'error', progress: body.progress, source: body.source,
  output_data: body.outcome.kind === 'outputs' ? body.outcome.outputs : null,
  error: body.outcome.kind === 'failed' ? { ...body.outcome.error, recovery: body.recovery } : null,
  started_at: time(body.startedAt), completed_at: time(body.at),
});

const transitionRow = (record: Of<'step.settled'>) => ({
  execution_id: record.stream, sequence: record.body.executionIndex + 1, from_state: record.body.from, to_state: record.body.node,
  transition_type: record.body.recovery?.strategy === 'FAIL' ? 'failure' : record.body.from === null ? 'start' : 'next',
  timestamp: time(record.body.at), duration_ms: record.body.at - record.body.startedAt, ...place(record),
});

/** The executions' rows as the batch leaves them: the last phase, and what that phase brought. */
function progressRows(changes: readonly Of<'phase.changed'>[], ends: readonly Of<'run.finished'>[]) {
  const rows = new Map<string, Record<string, unknown>>();
  const row = (id: string) => rows.get(id) ?? rows.set(id, { id }).get(id)!;
  for (const { stream, body } of changes) {
    const started = body.from === 'PENDING' && body.to === 'RUNNING' ? { started_at: time(body.at) } : {};
    Object.assign(row(stream), { phase: body.to, status: body.to === 'RECOVERING' ? 'recovering' : 'running', ...(body.node && { current_state: body.node }) }, started);
    if (body.to === 'PENDING') Object.assign(row(stream), { status: 'pending' });
  }
  for (const { stream, body } of ends)
    Object.assign(row(stream), {
      status: body.status, phase: 'COMPLETED', completed_at: time(body.at), states_visited: body.statesVisited,
      output_data: body.output?.map((item) => item.json) ?? null,
      error_message: body.error?.message ?? null, error_code: body.error?.code ?? null, error_node: body.error?.node || null,
    });
  return [...rows.values()];
}

/**
 * JSON that PostgreSQL's jsonb takes: U+0000 and lone surrogates, which a workflow may well produce, become
 * U+FFFD. Refusing them here would stop the whole shard's materialiser for one odd character.
 */
export const jsonbText = (value: unknown): string =>
  JSON.stringify(value).replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi, '$1\\ufffd');

async function applyTo(sql: Sql, records: readonly Recorded[]) {
  const of = <Kind extends RecordKind>(kind: Kind) => records.filter((record): record is Of<Kind> => record.kind === kind);
  const [changes, settled] = [of('phase.changed'), of('step.settled')];
  const write = async (query: (typeof queries)[keyof typeof queries], rows: readonly object[]) => {
    if (rows.length > 0) await sql.affected(query, [jsonbText(rows)]);
  };
  await write(queries.insert_executions, of('run.created').map(createdRow));
  await write(queries.insert_phase_changes, changes.map(changeRow));
  await write(queries.insert_execution_steps, settled.map(stepRow));
  await write(queries.insert_state_transitions, settled.filter(({ body }) => isFinal(body)).map(transitionRow));
  await write(queries.update_executions, progressRows(changes, of('run.finished')));
}

/** `placeOf` finds where a tenant's rows live; the journal's scope is the tenant's id. */
export function createExecutionApplier(placeOf: (tenantId: string) => Promise<Place>): Applier {
  return {
    kinds: ['run.created', 'phase.changed', 'step.started', 'step.settled', 'run.finished'],
    async apply(sql, records) {
      for (const [tenantId, own] of Map.groupBy(records, (record) => record.scope)) {
        await sql.enter(await placeOf(tenantId));
        await applyTo(sql, own);
      }
    },
  };
}
