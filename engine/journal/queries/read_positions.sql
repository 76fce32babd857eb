select
  greatest(
    (select max(lsn) from hive.journal where shard = $1::integer),
    (select max(lsn) from hive.journal_checkpoints where shard = $1::integer), 0) as head,
  coalesce((select max(lsn) from hive.journal_delivered where shard = $1::integer), 0) as delivered,
  coalesce((select max(lsn) from hive.journal_checkpoints where shard = $1::integer), 0) as checkpoint
