-- Of two requests with one refresh token the second waits here for the first, and then finds nothing to rotate.
update sessions set revoked_at = $2::timestamptz, revoked_because = 'rotated'
where refresh_hash = $1::text and revoked_at is null and expires_at > $2
returning id, tenant_id, user_id, family_id
