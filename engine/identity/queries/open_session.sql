insert into sessions (id, tenant_id, user_id, family_id, refresh_hash, created_at, access_expires_at, expires_at)
values ($1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::text, $6::timestamptz, $7::timestamptz, $8::timestamptz)
