-- Takes on the agents whose last check lies $2 ms back, for this process alone: another one skips locked rows and then
-- finds them fresh. A last check far in the future is due too: it was written by a process whose clock was wrong.
update agents
set checked_at = $1::timestamptz
where id in (
  select id from agents
  where checked_at is null or abs(extract(epoch from $1::timestamptz - checked_at)) * 1000 >= $2::float8
  order by checked_at nulls first
  limit $3::int
  for update skip locked)
returning *
