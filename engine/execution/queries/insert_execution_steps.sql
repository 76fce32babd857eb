insert into execution_steps
  (execution_id, execution_index, attempt, node, run_index, kind, status, progress, source, output_data, error, started_at, completed_at)
select execution_id, execution_index, attempt, node, run_index, kind, status, progress, source,
  nullif(output_data, 'null'), nullif(error, 'null'), started_at, completed_at
from jsonb_to_recordset($1::jsonb) as row (
  execution_id uuid, execution_index integer, attempt integer, node text, run_index integer, kind text, status text, progress integer,
  source jsonb, output_data jsonb, error jsonb, started_at timestamptz, completed_at timestamptz)
