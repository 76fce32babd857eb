with withdrawn as (
  delete from user_permissions where tenant_id = $1::uuid and user_id = $2::uuid and permission <> all ($3::text[])
)
insert into user_permissions (tenant_id, user_id, permission) select $1, $2, unnest($3) on conflict do nothing
