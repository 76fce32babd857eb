-- Tenants (flow hq-tenant-request). A row without a slug is a spare: its schema and role stand ready, nobody owns it yet.
create table hive.tenants (
  id uuid primary key,
  slug text unique
    constraint slug_form check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) between 2 and 63),
  name text,
  status text not null default 'active' check (status in ('active', 'suspended')),
  schema text not null unique,
  role text not null unique,
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
  created_at timestamptz not null default now(),
  claimed_at timestamptz,
  constraint claimed_or_spare check ((slug is null) = (claimed_at is null) and (slug is null) = (name is null))
);
create index spare_tenants on hive.tenants (created_at) where slug is null;

-- Which migrations a tenant's schema has; the room applies the missing ones when a process starts.
create table hive.tenant_migrations (
  tenant_id uuid not null references hive.tenants (id),
  number integer not null,
  name text not null,
  applied_at timestamptz not null default now(),
  primary key (tenant_id, number)
);

-- Forced, so that it binds the owner of the tables as well. No policy names a role: grants decide who may ask at all.
alter table hive.tenants enable row level security;
alter table hive.tenants force row level security;
create policy own_tenant on hive.tenants using (hive.visible(id)) with check (hive.visible(id));
alter table hive.tenant_migrations enable row level security;
alter table hive.tenant_migrations force row level security;
create policy own_tenant on hive.tenant_migrations using (hive.visible(tenant_id)) with check (hive.visible(tenant_id));

-- Spares are made by the owner; requests claim them and change settings and status, nothing else.
grant select on hive.tenants to hive_service;
grant update (slug, name, status, settings, claimed_at) on hive.tenants to hive_service;
