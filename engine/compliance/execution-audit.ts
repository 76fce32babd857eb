/**
 * The audit logger of executions (flow hq-hook-events; documents' conflict X44): the journal's `hook.fired`
 * and `audit.recorded` records become rows, once each, in the transaction that also advances the applied position.
 */
import type { Applier, Recorded } from '../journal/index.ts';
import type { Query } from '../storage/index.ts';
import { auditRecorded, hookFired } from './contract.ts';
import { queries } from './queries.ts';
import { storableJson } from './storable.ts';

/** A batch holds records of many tenants; the service role writes them, never the owner of the tables. */
const service = { schema: 'hive', role: 'hive_service' };

function rowOf({ body, at, position }: Recorded) {
  const fired = hookFired.parse(body);
  return {
    execution_id: fired.executionId, sequence: fired.sequence, tenant_id: fired.tenantId, workflow_id: fired.workflowId,
    event: fired.event, audit: fired.audit, level: fired.event === 'error:occurred' ? 'error' : 'info', node: fired.node ?? null,
    at: new Date(fired.at ?? at).toISOString(), facts: fired.facts ?? {},
    shard: position.shard, lsn: position.lsn, record: position.index,
  };
}

function outcomeRowOf({ body }: Recorded) {
  const { tenantId, actorId, resourceKind, resourceId, requestId, ipAddress, at, ...rest } = auditRecorded.parse(body);
  return {
    ...rest, tenant_id: tenantId, actor_id: actorId, resource_kind: resourceKind, resource_id: resourceId, request_id: requestId,
    ip_address: ipAddress, at: new Date(at).toISOString(),
  };
}

export const executionAuditApplier: Applier = {
  kinds: ['hook.fired', 'audit.recorded'],
  async apply(sql, records) {
    if (records.length === 0) return;
    const of = (kind: string) => records.filter((record) => record.kind === kind);
    const write = async (query: Query, rows: readonly object[]) => {
      if (rows.length > 0) await sql.affected(query, [storableJson(rows)]);
    };
    await sql.enter(service);
    await sql.rows(queries.name_tenant, ['every']);
    await write(queries.store_execution_audit, of('hook.fired').map(rowOf));
    await write(queries.store_recorded_audit, of('audit.recorded').map(outcomeRowOf));
    await sql.rows(queries.name_tenant, ['']);
  },
};
