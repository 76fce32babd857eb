update workflows
set active = $2::boolean, status = case when $2::boolean then 'active' else 'draft' end, updated_at = $3::timestamptz
where id = $1::uuid
returning *
