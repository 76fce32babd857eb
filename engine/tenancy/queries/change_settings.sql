update tenants set settings = jsonb_strip_nulls(settings || $2::jsonb) where id = $1::uuid and slug is not null
returning id, slug, name, status, schema, role, settings
