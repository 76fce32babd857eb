-- Per step the attempt that let the execution go on, as watchers were told of it.
select distinct on (execution_index) execution_index, node, progress, output_data, completed_at
from execution_steps
where execution_id = $1::uuid
  and (status = 'success' or error -> 'recovery' ->> 'strategy' = 'CONTINUE')
order by execution_index, attempt desc
