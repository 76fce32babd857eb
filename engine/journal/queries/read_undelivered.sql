select lsn, messages from hive.journal_outbox where shard = $1::integer and lsn > $2::bigint order by lsn limit $3::integer
