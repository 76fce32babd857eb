-- The session that runs this is the one whose end tells the others that the process is gone.
insert into hive.journal_processes (id, name, backend_pid, backend_started, expires)
select $1::uuid, $2::text, a.pid, a.backend_start, clock_timestamp() + $3::double precision * interval '1 millisecond'
from pg_stat_get_activity(pg_backend_pid()) a
on conflict (id) do update
  set backend_pid = excluded.backend_pid, backend_started = excluded.backend_started, expires = excluded.expires
