-- Agents belong to the platform, not to a tenant. Conflict X10 lists the states, X06 adds the slug, X50 the zones of times.
create type hive.agent_status as enum ('offline', 'idle', 'busy', 'degraded', 'maintenance');

create table hive.agents (
  id uuid primary key default gen_random_uuid(),
  -- The name that topics, Redis keys and metric labels use; foreign keys use the id.
  agent_id varchar(63) not null unique
    constraint agent_id_form check (agent_id ~ '^[a-z0-9][a-z0-9_-]*$'),
  name varchar(255) not null,
  endpoint varchar(512) not null,
  model varchar(255),
  specialization varchar(100),
  hardware_config jsonb,
  capabilities jsonb,
  performance_targets jsonb,
  status hive.agent_status default 'offline',
  created_at timestamptz default now(),
  last_seen timestamptz,
  -- When a process last took on a check of this agent, so that several processes share the work.
  checked_at timestamptz,
  -- Number of the last event on the agent's topic; grows with every registration and change of status.
  event_sequence bigint not null default 0
);

create table hive.agent_metrics (
  agent_id uuid references hive.agents (id),
  timestamp timestamptz not null,
  metrics jsonb not null,
  primary key (agent_id, timestamp)
);
create index idx_agent_metrics_timestamp on hive.agent_metrics (timestamp);
-- Documented by name, although the primary key's index serves the same look-ups.
create index idx_agent_metrics_agent_timestamp on hive.agent_metrics (agent_id, timestamp);

grant select, insert, update on hive.agents, hive.agent_metrics to hive_service;
