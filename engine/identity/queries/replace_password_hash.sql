update users set password_hash = $3::text, updated_at = $4::timestamptz where tenant_id = $1::uuid and id = $2::uuid
