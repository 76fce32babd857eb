update tenants set status = $2::text where id = $1::uuid and slug is not null
returning id, slug, name, status, schema, role, settings
