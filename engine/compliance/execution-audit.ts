/**
 * The audit logger of executions (flow hq-hook-events; documents' conflict X44): the journal's `hook.fired`
 * records become rows, once each, in the transaction that also advances the applied position.
 */
import type { Applier, Recorded } from '../journal/index.ts';
import { hookFired } from './contract.ts';
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

export const executionAuditApplier: Applier = {
  kinds: ['hook.fired'],
  async apply(sql, records) {
    if (records.length === 0) return;
    await sql.enter(service);
    await sql.rows(queries.name_tenant, ['every']);
    await sql.rows(queries.store_execution_audit, [storableJson(records.map(rowOf))]);
    await sql.rows(queries.name_tenant, ['']);
  },
};
