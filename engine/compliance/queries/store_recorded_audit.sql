-- Each record has its id from the journal, so a batch that is applied again adds nothing.
insert into audit_events (id, at, tenant_id, category, phase, action, actor_id, resource_kind, resource_id, request_id, ip_address, outcome, facts)
select id, at, tenant_id, 'audit', 'single', action, actor_id, resource_kind, resource_id, request_id, ip_address, outcome, facts
from jsonb_to_recordset($1::jsonb) as row (
  id uuid, at timestamptz, tenant_id uuid, action text, actor_id uuid, resource_kind text, resource_id text, request_id text,
  ip_address text, outcome text, facts jsonb)
on conflict (id) do nothing
