-- A version ($2; null means the current one) with its definition, unless the caller has that version ($3) in memory.
select w.active, w.created_by, w.version as current_version, v.version,
       case when v.version = $3::int then null else v.definition end as definition
from workflows w
left join workflow_versions v on v.workflow_id = w.id and v.version = coalesce($2::int, w.version)
where w.id = $1::uuid
