-- Renews the lease and looks around, in one statement, because this is all that an idle process asks.
with renewed as (
  update hive.journal_processes
  set expires = clock_timestamp() + $2::double precision * interval '1 millisecond'
  where id = $1::uuid
  returning 1
), processes as (
  select p.id, p.name, p.expires < clock_timestamp() as expired,
    exists (
      select from pg_stat_get_activity(p.backend_pid) a
      -- A backend's number is used again; together with the session's start it is not.
      where a.backend_start = p.backend_started
    ) as present
  from hive.journal_processes p
  order by p.joined, p.id
)
select
  exists (select from renewed) as renewed,
  (select coalesce(json_agg(p), '[]') from processes p) as processes,
  (select json_agg(s order by s.shard) from (select shard, epoch, owner from hive.journal_shards) s) as shards
