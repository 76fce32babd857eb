select u.id, u.tenant_id, u.email, u.username, u.name, u.status, u.created_at, r.roles, r.permissions
from users u
join rights r on r.tenant_id = u.tenant_id and r.user_id = u.id
where u.tenant_id = $1::uuid and u.id = $2::uuid
