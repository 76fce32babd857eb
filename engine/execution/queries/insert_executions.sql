insert into executions
  (id, workflow_id, workflow_version, input_data, mode, started_by, client_channel, request_id, correlation_id, created_at)
select id, workflow_id, workflow_version, input_data, mode, started_by, client_channel, request_id, correlation_id, created_at
from jsonb_to_recordset($1::jsonb) as row (
  id uuid, workflow_id uuid, workflow_version integer, input_data jsonb, mode text, started_by uuid, client_channel text,
  request_id text, correlation_id text, created_at timestamptz)
