insert into audit_events (id, at, tenant_id, category, phase, attempt_id, action, actor_id, resource_kind, resource_id, request_id, ip_address, outcome, facts)
values ($1::uuid, $2::timestamptz, $3::uuid, 'audit', $4::text, $5::uuid, $6::text, $7::uuid, $8::text, $9::text, $10::text, $11::text, $12::text, $13::jsonb)
