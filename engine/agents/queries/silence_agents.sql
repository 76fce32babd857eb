-- Neither a heartbeat nor an answered check since $1.
with silent as (
  select id, status from agents
  where status not in ('offline', 'maintenance') and coalesce(last_seen, created_at) < $1::timestamptz
  for update skip locked
)
update agents
set status = 'offline', event_sequence = agents.event_sequence + 1
from silent
where agents.id = silent.id
returning agents.*, silent.status as previous_status
