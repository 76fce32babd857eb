-- Each record has one place in the journal, so a batch that is applied again adds nothing.
insert into execution_audit (execution_id, sequence, tenant_id, workflow_id, event, audit, level, node, at, facts, shard, lsn, record)
select execution_id, sequence, tenant_id, workflow_id, event, audit, level, node, at, coalesce(facts, '{}'), shard, lsn, record
from jsonb_to_recordset($1::jsonb) as row (
  execution_id uuid, sequence integer, tenant_id uuid, workflow_id uuid, event text, audit text, level text, node text,
  at timestamptz, facts jsonb, shard integer, lsn bigint, record integer)
on conflict do nothing
