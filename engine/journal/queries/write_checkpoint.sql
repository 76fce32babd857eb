insert into hive.journal_checkpoints (shard, lsn, open)
select s.shard, $3::bigint, $4::bytea
from hive.journal_shards s
where s.shard = $1::integer and s.epoch = $2::bigint
on conflict do nothing
returning lsn
