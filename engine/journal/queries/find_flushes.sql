-- An epoch belongs to one owner, and an owner never gives one lsn to two different flushes: so these three
-- columns tell one flush from any other.
select j.shard
from unnest($1::integer[], $2::bigint[], $3::bigint[]) as w (shard, epoch, lsn)
join hive.journal j on j.shard = w.shard and j.lsn = w.lsn and j.epoch = w.epoch
