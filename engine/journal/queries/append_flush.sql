with wanted as (
  select *
  from unnest($1::integer[], $2::bigint[], $3::bigint[], $4::integer[], $5::integer[], $6::integer[])
    as w (shard, epoch, lsn, starts, record_bytes, message_bytes)
), fence as materialized (
  select w.*
  from wanted w
  join hive.journal_shards s on s.shard = w.shard and s.epoch = w.epoch
  -- Conflicts with the change of epoch, writes no new version of the row, and so leaves nothing to clean up.
  for share of s
), logged as (
  insert into hive.journal (shard, lsn, epoch, records)
  select shard, lsn, epoch, substring($7::bytea from starts for record_bytes) from fence
), told as (
  insert into hive.journal_outbox (shard, lsn, messages)
  select shard, lsn, substring($7::bytea from starts + record_bytes for message_bytes) from fence where message_bytes > 0
)
select shard from fence
