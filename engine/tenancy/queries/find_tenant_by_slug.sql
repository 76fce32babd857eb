select id, slug, name, status, schema, role, settings from tenants where slug = $1::text
