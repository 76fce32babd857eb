insert into phase_changes (execution_id, sequence, from_phase, to_phase, cause, node, at, shard, lsn, record)
select execution_id, sequence, from_phase, to_phase, cause, node, at, shard, lsn, record
from jsonb_to_recordset($1::jsonb) as row (
  execution_id uuid, sequence integer, from_phase text, to_phase text, cause text, node text, at timestamptz,
  shard integer, lsn bigint, record integer)
