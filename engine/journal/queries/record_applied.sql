insert into hive.journal_applied (shard, after_lsn, lsn) values ($1::integer, $2::bigint, $3::bigint)
