/**
 * Fills the tenant's own tables from the log (flows hive-db-executions, rabbit-er-state-transitions). One call
 * takes a batch of many executions of many tenants: a few statements a table and tenant.
 *
 * A record that a table refuses would stop the tables of everybody in its shard. So whatever a user can put into
 * one is made to fit here, and what a workflow may put into one at all is limited in recordable.ts.
 */
import type { Applier, Recorded } from '../journal/index.ts';
import type { Place, Sql } from '../storage/index.ts';
import { queries } from './queries.ts';
import { isFinal, type RecordBodies, type RecordKind } from './records.ts';

type Of<Kind extends RecordKind> = Recorded & { readonly body: RecordBodies[Kind] };
type Query = (typeof queries)[keyof typeof queries];

/** A clock that went wrong must not stop the tables: beyond these years ISO has signs that PostgreSQL takes for a zone. */
const [EARLIEST, LATEST] = [Date.UTC(1, 0), Date.UTC(9999, 11, 31)];
const time = (at: number) => new Date(Math.min(Math.max(Number.isFinite(at) ? at : 0, EARLIEST), LATEST)).toISOString();
const place = ({ position }: Recorded) => ({ shard: position.shard, lsn: position.lsn, record: position.index });

const createdRow = ({ stream, body }: Of<'run.created'>) => ({
  id: stream, workflow_id: body.workflowId, workflow_version: body.version, input_data: body.input, mode: body.mode, started_by: body.startedBy,
  client_channel: body.channel, request_id: body.requestId, correlation_id: body.correlationId, created_at: time(body.createdAt),
});

const changeRow = (record: Of<'phase.changed'>) => {
  const { sequence, from, to, cause, node, at } = record.body;
  return { execution_id: record.stream, sequence, from_phase: from, to_phase: to, cause, node, at: time(at), ...place(record) };
};

function stepRow({ stream, body }: Of<'step.settled'>) {
  const { outcome, recovery } = body;
  return {
    execution_id: stream, execution_index: body.executionIndex, attempt: body.attempt, node: body.node, run_index: body.runIndex, kind: body.kind,
    // An output that is tried again, because its first item carries an error, was no success.
    status: outcome.kind === 'outputs' && isFinal(body) ? 'success' : 'error', progress: body.progress, source: body.source,
    output_data: outcome.kind === 'outputs' ? outcome.outputs : null,
    error: recovery && { ...(outcome.kind === 'failed' && outcome.error), recovery },
    started_at: time(body.startedAt), completed_at: time(body.at),
  };
}

function transitionRow(record: Of<'step.settled'>) {
  const { executionIndex, from, node, recovery, startedAt, at } = record.body;
  return {
    execution_id: record.stream, sequence: executionIndex + 1, from_state: from, to_state: node,
    transition_type: recovery?.strategy === 'FAIL' ? 'failure' : from === null ? 'start' : 'next',
    timestamp: time(at), duration_ms: at - startedAt, ...place(record),
  };
}

/** The executions' rows as the batch leaves them: the last phase, and what that phase brought. */
function progressRows(changes: readonly Of<'phase.changed'>[], ends: readonly Of<'run.finished'>[]) {
  const rows = new Map<string, Record<string, unknown>>();
  const change = (id: string, fields: object) => void rows.set(id, Object.assign(rows.get(id) ?? { id }, fields));
  for (const { stream, body } of changes) change(stream, progressOf(body));
  for (const { stream, body } of ends) change(stream, endOf(body));
  return [...rows.values()];
}

const statusDuring: Partial<Record<string, string>> = { PENDING: 'pending', RECOVERING: 'recovering' };

const progressOf = ({ from, to, node, at }: RecordBodies['phase.changed']) => ({
  phase: to,
  status: statusDuring[to] ?? 'running',
  ...(node && { current_state: node }),
  ...(from === 'PENDING' && to === 'RUNNING' && { started_at: time(at) }),
});

const endOf = ({ status, at, statesVisited, output, error }: RecordBodies['run.finished']) => ({
  status, phase: 'COMPLETED', completed_at: time(at), states_visited: statesVisited, output_data: output?.map((item) => item.json) ?? null,
  error_message: error?.message ?? null, error_code: error?.code ?? null, error_node: error?.node || null,
});

/**
 * JSON that PostgreSQL's jsonb takes: U+0000 and lone surrogates, which a workflow may well produce, become U+FFFD.
 */
export const jsonbText = (value: unknown): string =>
  JSON.stringify(value).replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi, '$1\\ufffd');

/** jsonb ends at 256 MiB and a string of V8 at 512; a batch of large outputs would reach both. A single row may be larger. */
const STATEMENT_CHARACTERS = 8 * 1024 * 1024;

/** Rows as JSON lists for one statement each. */
export function* statementsOf(rows: Iterable<object>): Generator<string> {
  let texts: string[] = [];
  let length = 0;
  for (const row of rows) {
    const text = jsonbText(row);
    if (texts.length > 0 && length + text.length > STATEMENT_CHARACTERS) {
      yield `[${texts.join(',')}]`;
      [texts, length] = [[], 0];
    }
    texts.push(text);
    length += text.length;
  }
  if (texts.length > 0) yield `[${texts.join(',')}]`;
}

async function write(sql: Sql, query: Query, rows: readonly object[]) {
  for (const statement of statementsOf(rows)) await sql.affected(query, [statement]);
}

async function applyTo(sql: Sql, records: readonly Recorded[]) {
  const of = <Kind extends RecordKind>(kind: Kind) => records.filter((record): record is Of<Kind> => record.kind === kind);
  const [changes, settled] = [of('phase.changed'), of('step.settled')];
  const final = settled.filter(({ body }) => isFinal(body));
  await write(sql, queries.insert_executions, of('run.created').map(createdRow));
  await write(sql, queries.insert_phase_changes, changes.map(changeRow));
  await write(sql, queries.insert_execution_steps, settled.map(stepRow));
  await write(sql, queries.insert_state_transitions, final.map(transitionRow));
  await write(sql, queries.update_executions, progressRows(changes, of('run.finished')));
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
