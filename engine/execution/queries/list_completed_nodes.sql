-- Per step the attempt that let the execution go on, as watchers were told of it: of large outputs only that there are some.
with completed as (
  select distinct on (execution_index) execution_index, node, progress, completed_at, output_data -> 0 as items
  from execution_steps
  where execution_id = $1::uuid
    and (status = 'success' or error -> 'recovery' ->> 'strategy' = 'CONTINUE')
  order by execution_index, attempt desc
)
select execution_index, node, progress, completed_at, items is not null and octet_length(items::text) > $2::integer as omitted,
  case when octet_length(items::text) <= $2::integer then items end as items
from completed
order by execution_index
