update hive.journal_shards s
set owner = null
from unnest($2::integer[], $3::bigint[]) as held (shard, epoch)
where s.shard = held.shard and s.epoch = held.epoch and s.owner = $1::uuid
