select max(execution_index) as execution_index
from execution_steps
where execution_id = $1::uuid
