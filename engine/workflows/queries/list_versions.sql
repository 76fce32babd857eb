select workflow_id, version, name, created_by, created_at
from workflow_versions
where workflow_id = $1::uuid
order by version desc
limit 1000
