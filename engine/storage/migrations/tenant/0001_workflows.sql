-- A tenant's workflows (flow hive-db-workflows). Ids are UUIDs everywhere (conflict X05); times carry their zone (conflict X50).
create table workflows (
  id uuid primary key default gen_random_uuid(),
  name varchar(255) not null,
  description text,
  n8n_data jsonb not null,
  mcp_tools jsonb,
  created_by uuid references hive.users (id),
  version integer not null default 1 check (version > 0),
  active boolean not null default true,
  -- Conflict X10. `active` is what 001 documents and what decides; the two may not disagree.
  status varchar(16) not null default 'active'
    check (status in ('draft', 'active', 'archived')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint status_agrees_with_active check (active = (status = 'active'))
);
create index workflows_by_time on workflows (created_at desc, id desc);

-- Every version that ever was, the current one included; rows are never changed.
create table workflow_versions (
  workflow_id uuid not null references workflows (id),
  version integer not null,
  name varchar(255) not null,
  n8n_data jsonb not null,
  -- What runs. json, not jsonb: it keeps the order of keys, which is the order of fields in users' items.
  definition json not null,
  mcp_tools jsonb,
  created_by uuid references hive.users (id),
  created_at timestamptz not null default now(),
  primary key (workflow_id, version)
);

grant select, insert, update on workflows to {{role}};
grant select, insert on workflow_versions to {{role}};
