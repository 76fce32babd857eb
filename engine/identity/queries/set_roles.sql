with withdrawn as (
  delete from user_roles where tenant_id = $1::uuid and user_id = $2::uuid and role <> all ($3::text[])
), given as (
  insert into user_roles (tenant_id, user_id, role)
  select u.tenant_id, u.id, unnest($3) from users u where u.tenant_id = $1 and u.id = $2
  on conflict do nothing
)
update users
set role = (select name from roles where name = any ($3) order by rank limit 1), updated_at = $4::timestamptz
where tenant_id = $1 and id = $2
