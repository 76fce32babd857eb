select execution_id, sequence, tenant_id, workflow_id, event, audit, level, node, at, facts
from execution_audit
where tenant_id = $1::uuid and execution_id = $2::uuid
order by sequence
