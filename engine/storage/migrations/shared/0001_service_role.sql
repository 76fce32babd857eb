-- Roles belong to the whole server and several databases may share one, so an existing role is kept.
do $$
begin
  create role hive_service nologin;
exception when duplicate_object or unique_violation then null;
end $$;
do $$
begin
  -- Another owner may have made the role; then somebody who may has granted it, or this is the error that says so.
  if not pg_has_role(current_user, 'hive_service', 'member') then
    execute format('grant hive_service to %I', current_user);
  end if;
exception when unique_violation then null;
end $$;
grant usage on schema hive to hive_service;
revoke create on schema public from public;

-- What a shared row's policy compares with: the tenant that `asService` named, or null for platform work.
create function hive.visible(row_tenant uuid) returns boolean
  language sql stable
  as $$ select current_setting('hive.tenant', true) = 'every' or row_tenant::text = current_setting('hive.tenant', true) $$;
grant execute on function hive.visible(uuid) to hive_service;
