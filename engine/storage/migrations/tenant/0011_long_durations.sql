-- An integer of milliseconds ends after 25 days, and an execution that waits longer would stop the tables of its shard.
-- A stored generated column is computed again for each row, so this takes as long as the table is large.
alter table executions drop column duration_ms;
alter table executions add column duration_ms bigint
  generated always as (extract(epoch from completed_at - started_at) * 1000) stored;
alter table state_transitions alter column duration_ms type bigint;
