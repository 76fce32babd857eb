with quick as materialized (
  -- Lost in a crash of the server, it is delivered again: that is what at least once means.
  select set_config('synchronous_commit', 'off', true)
)
insert into hive.journal_delivered (shard, lsn)
select w.shard, w.lsn from quick, unnest($1::integer[], $2::bigint[]) as w (shard, lsn)
on conflict do nothing
