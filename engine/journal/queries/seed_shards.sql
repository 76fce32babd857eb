insert into hive.journal_shards (shard)
select generate_series(0, $1::integer - 1)
on conflict do nothing
