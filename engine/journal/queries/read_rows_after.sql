select lsn, records from hive.journal where shard = $1::integer and lsn > $2::bigint order by lsn limit $3::integer
