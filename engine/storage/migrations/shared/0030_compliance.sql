-- What people did and tried (documents' conflicts X41, X44). No foreign keys: an audit outlives what it speaks of.
create table hive.audit_events (
  sequence bigint generated always as identity unique,
  id uuid primary key,
  at timestamptz not null,
  -- Null where nobody could tell the tenant, as with a sign-in under an unknown name.
  tenant_id uuid,
  category text not null check (category in ('audit', 'security')),
  phase text not null check (phase in ('attempt', 'outcome', 'single')),
  attempt_id uuid references hive.audit_events (id),
  action text not null,
  actor_id uuid,
  resource_kind text,
  resource_id text,
  request_id text not null,
  ip_address text,
  outcome text check (outcome in ('success', 'failure', 'denied')),
  facts jsonb not null default '{}',
  constraint an_attempt_has_no_outcome_yet check ((phase = 'attempt') = (outcome is null)),
  constraint an_outcome_names_its_attempt check ((phase = 'outcome') = (attempt_id is not null))
);
create unique index one_outcome_an_attempt on hive.audit_events (attempt_id);
create index audit_events_by_tenant on hive.audit_events (tenant_id, sequence desc);
create index audit_events_by_action on hive.audit_events (tenant_id, action, sequence desc);
create index audit_events_by_resource on hive.audit_events (tenant_id, resource_kind, resource_id, sequence desc);
create index audit_events_by_request on hive.audit_events (request_id);

-- The audit logger of flow hq-hook-events: one row a hook, filled from the journal exactly once.
create table hive.execution_audit (
  execution_id uuid not null,
  -- Strictly growing within an execution.
  sequence integer not null,
  tenant_id uuid not null,
  workflow_id uuid not null,
  event text not null
    check (event in ('workflow:start', 'task:will:call', 'task:did:call', 'workflow:complete', 'error:occurred')),
  -- The documents' name of the record, `Log Task Start` and so on.
  audit text not null,
  level text not null check (level in ('info', 'error')),
  node text,
  at timestamptz not null,
  facts jsonb not null default '{}',
  -- Position in the journal: shard, flush, place within the flush.
  shard integer not null,
  lsn bigint not null,
  record integer not null,
  primary key (execution_id, sequence),
  unique (shard, lsn, record)
);
create index execution_audit_by_tenant on hive.execution_audit (tenant_id, execution_id, sequence);

-- Append-only twice over: nobody is granted more, and the owner, whom grants do not bind, meets the trigger.
create function hive.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;

do $$
declare
  shared text;
begin
  foreach shared in array array['audit_events', 'execution_audit'] loop
    execute format('alter table hive.%I enable row level security', shared);
    execute format('alter table hive.%I force row level security', shared);
    execute format('create policy own_tenant on hive.%I using (hive.visible(tenant_id)) with check (hive.visible(tenant_id))', shared);
    execute format('create trigger append_only before update or delete or truncate on hive.%I for each statement execute function hive.refuse_change()', shared);
  end loop;
end $$;

revoke all on hive.audit_events, hive.execution_audit from public;
grant select, insert on hive.audit_events, hive.execution_audit to hive_service;
