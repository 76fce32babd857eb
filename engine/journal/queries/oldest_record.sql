select coalesce(min(lsn), 1) as lsn from hive.journal where shard = $1::integer
