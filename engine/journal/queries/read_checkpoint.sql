select open from hive.journal_checkpoints where shard = $1::integer and lsn = $2::bigint
