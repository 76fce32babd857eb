-- An agent that registers again stays the same row. Under maintenance it stays until someone ends that.
insert into agents (agent_id, name, endpoint, model, specialization, hardware_config, capabilities, performance_targets, status, last_seen, checked_at, created_at, event_sequence)
values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::jsonb, $7::jsonb, $8::jsonb, $9::hive.agent_status,
        case when $9::hive.agent_status <> 'offline' then $10::timestamptz end, $10::timestamptz, $10::timestamptz, 1)
on conflict (agent_id) do update
set name = excluded.name, endpoint = excluded.endpoint, model = excluded.model, specialization = excluded.specialization,
    hardware_config = excluded.hardware_config, capabilities = excluded.capabilities, performance_targets = excluded.performance_targets,
    status = case when agents.status = 'maintenance' then agents.status else excluded.status end,
    last_seen = coalesce(excluded.last_seen, agents.last_seen), checked_at = excluded.checked_at,
    event_sequence = agents.event_sequence + 1
returning *, (xmax = 0) as created
