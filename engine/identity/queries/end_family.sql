update sessions set revoked_at = $2::timestamptz, revoked_because = $3::text
where family_id = $1::uuid and revoked_at is null
returning id
