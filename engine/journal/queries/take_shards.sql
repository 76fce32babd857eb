with wanted as materialized (
  select s.shard, s.epoch
  from hive.journal_shards s
  join unnest($2::integer[], $3::bigint[]) as w (shard, epoch) on w.shard = s.shard and w.epoch = s.epoch
  -- A row that is locked has a flush of its owner under way: it is not as gone as it seemed.
  for update of s skip locked
), quiet as materialized (
  -- Conflicts with a materialiser that is still inside its transaction (hold_shard).
  select shard, epoch from wanted where pg_try_advisory_xact_lock($4::integer, shard)
)
update hive.journal_shards s
set epoch = quiet.epoch + 1, owner = $1::uuid
from quiet
where s.shard = quiet.shard
returning s.shard, s.epoch
