select id, slug, name, status, schema, role, settings from tenants where id = $1::uuid and slug is not null
