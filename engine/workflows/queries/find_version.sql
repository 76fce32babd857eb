select workflow_id, version, name, n8n_data, mcp_tools, created_by, created_at
from workflow_versions
where workflow_id = $1::uuid and version = $2::int
