-- Ours, and what crashed processes left behind so long ago that nothing of theirs can still be under way.
delete from hive.journal_processes
where id = $1::uuid or expires < clock_timestamp() - interval '1 hour'
