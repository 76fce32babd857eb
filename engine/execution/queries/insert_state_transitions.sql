insert into state_transitions (execution_id, sequence, from_state, to_state, transition_type, "timestamp", duration_ms, shard, lsn, record)
select execution_id, sequence, from_state, to_state, transition_type, "timestamp", duration_ms, shard, lsn, record
from jsonb_to_recordset($1::jsonb) as row (
  execution_id uuid, sequence integer, from_state text, to_state text, transition_type text, "timestamp" timestamptz,
  duration_ms bigint, shard integer, lsn bigint, record integer)
