select sequence, from_phase, to_phase, cause, node, at
from phase_changes
where execution_id = $1::uuid
order by sequence
