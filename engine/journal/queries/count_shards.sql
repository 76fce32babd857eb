select count(*)::integer as shards from hive.journal_shards
