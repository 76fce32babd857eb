select id, workflow_id, workflow_version, status, phase, current_state, states_visited, input_data, output_data, error_message,
  error_code, error_node, mode, started_by, client_channel, correlation_id, created_at, started_at, completed_at,
  duration_ms::double precision as duration_ms
from executions
where id = $1::uuid
