-- People and their rights (flows sys-login, hive-jwt, hive-permission-matrix; documents' conflict X07).
create table hive.roles (
  name text primary key,
  -- 1 is the strongest.
  rank integer not null unique,
  description text not null,
  permissions text[] not null
);
insert into hive.roles (name, rank, description, permissions) values
  ('admin', 1, 'Full system access', '{*}'),
  -- The task permissions beside tasks.create are conflict X34's: a developer sees tasks and cancels their own.
  ('developer', 2, 'Development and execution access', '{workflows.*,executions.*,agents.view,tasks.create,tasks.view,tasks.cancel}'),
  ('viewer', 3, 'Read-only access', '{workflows.view,executions.view,agents.view}');

create table hive.users (
  id uuid primary key,
  tenant_id uuid not null references hive.tenants (id),
  username text not null,
  email text not null check (email = lower(email)),
  name text not null,
  -- The documents' single role: the strongest of user_roles, kept by the statements that change those. Null: none.
  role text references hive.roles (name),
  -- Argon2id in PHC form; null for people who only sign in through another provider.
  password_hash text,
  provider text not null default 'password',
  status text not null default 'active' check (status in ('active', 'disabled')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (tenant_id, id),
  unique (tenant_id, email),
  unique (tenant_id, username),
  constraint a_way_in check (provider <> 'password' or password_hash is not null)
);
create index users_by_email on hive.users (email);

create table hive.user_roles (
  tenant_id uuid not null,
  user_id uuid not null,
  role text not null references hive.roles (name),
  primary key (tenant_id, user_id, role),
  foreign key (tenant_id, user_id) references hive.users (tenant_id, id) on delete cascade
);

-- Permissions given to a person beside those of their roles.
create table hive.user_permissions (
  tenant_id uuid not null,
  user_id uuid not null,
  permission text not null,
  primary key (tenant_id, user_id, permission),
  foreign key (tenant_id, user_id) references hive.users (tenant_id, id) on delete cascade
);

-- What a person may do now: the union of their roles' permissions and those given to them.
create view hive.rights with (security_invoker = true) as
select
  u.tenant_id,
  u.id as user_id,
  array(
    select g.name from hive.user_roles r join hive.roles g on g.name = r.role
    where r.tenant_id = u.tenant_id and r.user_id = u.id order by g.rank) as roles,
  array(
    select unnest(g.permissions) as permission from hive.user_roles r join hive.roles g on g.name = r.role
    where r.tenant_id = u.tenant_id and r.user_id = u.id
    union
    select p.permission from hive.user_permissions p
    where p.tenant_id = u.tenant_id and p.user_id = u.id
    order by permission) as permissions
from hive.users u;

-- One row an issued pair of tokens; `id` is the access token's jti. A family is one sign-in and all its refreshes.
-- Durable on purpose: Redis holds a copy that may vanish at any moment (documents' conflict X30).
create table hive.sessions (
  id uuid primary key,
  tenant_id uuid not null,
  user_id uuid not null,
  family_id uuid not null,
  -- SHA-256 of the refresh token, hex. The token has 256 random bits, so a slow hash would add nothing.
  refresh_hash text not null unique,
  created_at timestamptz not null,
  access_expires_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_because text check (revoked_because in ('rotated', 'reused', 'logout')),
  constraint revoked_for_a_reason check ((revoked_at is null) = (revoked_because is null)),
  foreign key (tenant_id, user_id) references hive.users (tenant_id, id) on delete cascade
);
create index sessions_by_family on hive.sessions (family_id);
create index sessions_by_user on hive.sessions (tenant_id, user_id);

-- Read by the owner when a process starts; requests have no grant on it.
create table hive.signing_keys (
  kid text primary key,
  algorithm text not null,
  public_jwk jsonb not null,
  private_jwk jsonb not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);

do $$
declare
  shared text;
begin
  foreach shared in array array['users', 'user_roles', 'user_permissions', 'sessions'] loop
    execute format('alter table hive.%I enable row level security', shared);
    execute format('alter table hive.%I force row level security', shared);
    execute format('create policy own_tenant on hive.%I using (hive.visible(tenant_id)) with check (hive.visible(tenant_id))', shared);
  end loop;
end $$;

grant select on hive.roles, hive.rights to hive_service;
grant select, insert on hive.users, hive.sessions to hive_service;
grant update (role, password_hash, status, updated_at) on hive.users to hive_service;
grant update (revoked_at, revoked_because) on hive.sessions to hive_service;
grant select, insert, delete on hive.user_roles, hive.user_permissions to hive_service;
