select execution_index, attempt, node, run_index, kind, status, source, output_data, error, started_at, completed_at
from execution_steps
where execution_id = $1::uuid
order by execution_index, attempt
