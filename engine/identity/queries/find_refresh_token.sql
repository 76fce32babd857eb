select tenant_id, user_id, family_id, revoked_because from sessions where refresh_hash = $1::text
