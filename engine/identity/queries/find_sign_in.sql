-- The account that a person signs in to: by e-mail, in the tenant they name. Two rows mean that they named none
-- and have several accounts; which one is meant cannot be told then.
select u.id, u.tenant_id, u.email, u.password_hash, u.status, r.roles, r.permissions
from users u
join rights r on r.tenant_id = u.tenant_id and r.user_id = u.id
join tenants t on t.id = u.tenant_id
where u.email = $1::text and ($2::text is null or t.slug = $2)
limit 2
