with mine as (
  select shard from hive.journal_shards where shard = $1::integer and epoch = $2::bigint
), last_delivered as (
  select m.shard, (select max(lsn) from hive.journal_delivered where shard = m.shard) as lsn from mine m
), last_applied as (
  select m.shard, (select max(after_lsn) from hive.journal_applied where shard = m.shard) as after_lsn from mine m
), old_messages as (
  delete from hive.journal_outbox o using last_delivered l where o.shard = l.shard and o.lsn <= l.lsn
), old_delivered as (
  delete from hive.journal_delivered d using last_delivered l where d.shard = l.shard and d.lsn < l.lsn
), old_applied as (
  delete from hive.journal_applied a using last_applied l where a.shard = l.shard and a.after_lsn < l.after_lsn
)
delete from hive.journal_checkpoints c using mine m where c.shard = m.shard and c.lsn < $3::bigint
