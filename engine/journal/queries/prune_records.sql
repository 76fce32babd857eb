-- What is applied (as this transaction sees it, not as a process remembers it) and needed by no open stream.
-- No row: the epoch is over, or nothing is applied yet.
with applied as (
  select least($4::bigint, a.lsn) as upto
  from hive.journal_shards s
  cross join lateral (
    select lsn from hive.journal_applied where shard = s.shard order by after_lsn desc limit 1
  ) a
  where s.shard = $1::integer and s.epoch = $2::bigint
), range as (
  delete from hive.journal j
  using applied
  where j.shard = $1::integer and j.lsn > $3::bigint and j.lsn <= applied.upto and j.lsn <> all ($5::bigint[])
), released as (
  -- Kept by an earlier round for a stream that is closed by now.
  delete from hive.journal j
  using applied
  where j.shard = $1::integer and j.lsn <= $3::bigint and j.lsn = any ($6::bigint[])
)
select upto from applied
