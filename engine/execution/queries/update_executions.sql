-- Absent fields keep what stands in the row: a batch brings only what changed.
update executions
set status = coalesce(row.status, executions.status),
  phase = coalesce(row.phase, executions.phase),
  current_state = coalesce(row.current_state, executions.current_state),
  started_at = coalesce(executions.started_at, row.started_at),
  completed_at = row.completed_at,
  states_visited = coalesce(row.states_visited, executions.states_visited),
  output_data = nullif(row.output_data, 'null'),
  error_message = row.error_message,
  error_code = row.error_code,
  error_node = row.error_node
from jsonb_to_recordset($1::jsonb) as row (
  id uuid, status text, phase text, current_state text, started_at timestamptz, completed_at timestamptz,
  states_visited jsonb, output_data jsonb, error_message text, error_code text, error_node text)
where executions.id = row.id
