-- Newest first; $3 and $4 are the moment and id of the last row of the page before. One row more than the page ($1) tells whether there is another.
select id, name, description, version, active, status, created_by, created_at, updated_at,
       to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as cursor_moment
from workflows
where ($2::boolean is null or active = $2::boolean)
  and ($3::timestamptz is null or (created_at, id) < ($3::timestamptz, $4::uuid))
order by created_at desc, id desc
limit $1::int + 1
