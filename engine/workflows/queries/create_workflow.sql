-- The workflow and its first version in one statement.
with created as (
  insert into workflows (id, name, description, n8n_data, mcp_tools, created_by, created_at, updated_at)
  values ($1::uuid, $2::text, $3::text, $4::jsonb, $5::jsonb, $6::uuid, $8::timestamptz, $8::timestamptz)
  returning *
), kept as (
  insert into workflow_versions (workflow_id, version, name, n8n_data, definition, mcp_tools, created_by, created_at)
  select id, version, name, n8n_data, $7::json, mcp_tools, created_by, created_at from created
)
select * from created
