-- Writes nothing when the workflow is at another version than the one expected ($9; null expects none).
with changed as (
  update workflows
  set name = $2::text, description = $3::text, n8n_data = $4::jsonb, mcp_tools = $5::jsonb,
      version = version + 1, updated_at = $8::timestamptz
  where id = $1::uuid and ($9::int is null or version = $9::int)
  returning *
), kept as (
  insert into workflow_versions (workflow_id, version, name, n8n_data, definition, mcp_tools, created_by, created_at)
  select id, version, name, n8n_data, $7::json, mcp_tools, $6::uuid, updated_at from changed
)
select * from changed
