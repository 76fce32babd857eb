insert into users (id, tenant_id, username, email, name, password_hash, created_at, updated_at)
values ($1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::timestamptz, $7)
