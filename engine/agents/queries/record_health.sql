-- One observation: the status it leads to, the moment the agent was seen, and its row in the time series.
-- Maintenance outlives observations. $6: whether an offline agent may come back by it; its own word is not enough.
with before as (
  select id, status from agents where agent_id = $1::text for update
), observed as (
  update agents
  set status = case
        when agents.status = 'maintenance' or (agents.status = 'offline' and not $6::boolean) then agents.status
        else $2::hive.agent_status
      end,
      last_seen = case when $3::boolean then greatest(agents.last_seen, $4::timestamptz) else agents.last_seen end,
      event_sequence = agents.event_sequence + case
        when agents.status in ('maintenance', $2::hive.agent_status) or (agents.status = 'offline' and not $6::boolean) then 0
        else 1
      end
  from before
  where agents.id = before.id
  returning agents.*, before.status as previous_status
), kept as (
  insert into agent_metrics (agent_id, timestamp, metrics)
  select id, $7::timestamptz, $5::jsonb from observed
  on conflict (agent_id, timestamp) do update set metrics = excluded.metrics
)
select * from observed
