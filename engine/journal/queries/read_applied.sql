select w.shard, coalesce(a.lsn, 0) as lsn
from unnest($1::integer[]) as w (shard)
left join lateral (
  select lsn from hive.journal_applied where shard = w.shard order by after_lsn desc limit 1
) a on true
