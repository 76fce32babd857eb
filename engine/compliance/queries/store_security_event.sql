insert into audit_events (id, at, tenant_id, category, phase, action, actor_id, resource_kind, resource_id, request_id, ip_address, outcome, facts)
values ($1::uuid, $2::timestamptz, $3::uuid, 'security', 'single', $4::text, $5::uuid, $6::text, $7::text, $8::text, $9::text, 'denied', $10::jsonb)
