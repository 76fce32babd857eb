-- Newest first; the cursor is the (created_at, id) of the last row of the page before.
select id, workflow_id, workflow_version, status, phase, current_state, client_channel, created_at, started_at, completed_at,
  duration_ms::double precision as duration_ms
from executions
where ($1::uuid is null or workflow_id = $1::uuid)
  and ($2::timestamptz is null or (created_at, id) < ($2::timestamptz, $3::uuid))
order by created_at desc, id desc
limit $4::integer
