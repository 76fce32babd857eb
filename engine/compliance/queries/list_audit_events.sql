select sequence, id, at, tenant_id, category, phase, attempt_id, action, actor_id, resource_kind, resource_id, request_id, ip_address, outcome, facts
from audit_events
where tenant_id = $1::uuid
  and ($2::bigint is null or sequence < $2)
  and ($3::text is null or category = $3)
  and ($4::text is null or action = $4)
  and ($5::text is null or resource_kind = $5)
  and ($6::text is null or resource_id = $6)
  and ($7::text is null or request_id = $7)
order by sequence desc
limit $8::integer
