select s.user_id, u.email
from sessions s
join users u on u.tenant_id = s.tenant_id and u.id = s.user_id
where s.id = $1::uuid and s.revoked_at is null and s.access_expires_at > $2::timestamptz and u.status = 'active'
