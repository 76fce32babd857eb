select lsn, records from hive.journal where shard = $1::integer and lsn = any($2::bigint[]) order by lsn
