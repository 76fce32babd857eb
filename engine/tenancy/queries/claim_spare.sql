-- Several processes claim at once: each takes a row that no other one holds. The newest first, because it was
-- prepared by the newest program and so has all migrations.
update tenants set slug = $1::text, name = $2::text, claimed_at = $3::timestamptz
where id = (select id from tenants where slug is null order by created_at desc limit 1 for update skip locked)
returning id, slug, name, status, schema, role, settings
