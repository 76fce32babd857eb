-- No row: the epoch is over. One row without lsn: nothing to do.
select coalesce(a.lsn, 0) as after_lsn, j.lsn, j.records
from hive.journal_shards s
left join lateral (
  select lsn from hive.journal_applied where shard = s.shard order by after_lsn desc limit 1
) a on true
left join lateral (
  select lsn, records from hive.journal where shard = s.shard and lsn > coalesce(a.lsn, 0) order by lsn limit $3::integer
) j on true
where s.shard = $1::integer and s.epoch = $2::bigint
order by j.lsn
