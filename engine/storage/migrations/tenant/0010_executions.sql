-- Filled by the materialiser, from the log, exactly once. Rows other than executions are never changed again.
-- Two vocabularies stand side by side: those of flows hive-db-executions and rabbit-er-executions (conflicts X10, X11).
create table executions (
  id uuid primary key,
  workflow_id uuid not null references workflows (id),
  workflow_version integer not null,
  status text not null default 'pending'
    check (status in ('pending', 'running', 'recovering', 'completed', 'failed', 'cancelled')),
  -- The state machine ends in COMPLETED also when recovery failed; `status` then holds the outcome.
  phase text not null default 'PENDING'
    check (phase in ('PENDING', 'RUNNING', 'TRANSITIONING', 'RECOVERING', 'COMPLETED')),
  current_state text,
  states_visited jsonb not null default '[]',
  input_data jsonb,
  output_data jsonb,
  error_message text,
  error_code text,
  error_node text,
  mode text not null check (mode in ('test', 'production')),
  started_by uuid not null,
  client_channel text not null,
  request_id text not null,
  correlation_id text not null,
  created_at timestamptz not null,
  started_at timestamptz,
  completed_at timestamptz,
  duration_ms integer generated always as (extract(epoch from completed_at - started_at) * 1000) stored,
  constraint ended_with_something check (
    (completed_at is null) = (phase <> 'COMPLETED')
    and (status <> 'completed' or output_data is not null)
    and (status <> 'failed' or error_message is not null))
);
create index executions_by_workflow on executions (workflow_id, created_at desc);
create index executions_by_time on executions (created_at desc, id);

-- The arrows of the state machine (flow rabbit-state-machine); nothing else is a legal change.
create table phase_changes (
  execution_id uuid not null references executions (id),
  sequence integer not null,
  from_phase text,
  to_phase text not null,
  cause text not null,
  node text,
  at timestamptz not null,
  -- Position in the log: shard, flush, place within the flush.
  shard integer not null,
  lsn bigint not null,
  record integer not null,
  primary key (execution_id, sequence),
  -- Changes chain: each starts where the one before it ended.
  previous integer generated always as (nullif(sequence - 1, 0)) stored,
  unique (execution_id, sequence, to_phase),
  foreign key (execution_id, previous, from_phase) references phase_changes (execution_id, sequence, to_phase),
  constraint legal_phase_change check (
    (from_phase is null and to_phase = 'PENDING')
    or (from_phase, to_phase) in (
      ('PENDING', 'RUNNING'), ('RUNNING', 'TRANSITIONING'), ('RUNNING', 'RECOVERING'), ('RECOVERING', 'RUNNING'),
      ('RECOVERING', 'COMPLETED'), ('TRANSITIONING', 'RUNNING'), ('TRANSITIONING', 'COMPLETED')))
);

-- An execution's row may skip phases that passed between two looks, but never goes back to PENDING or leaves COMPLETED.
create function refuse_illegal_phase() returns trigger language plpgsql as $$
begin
  if old.phase <> new.phase and (old.phase = 'COMPLETED' or new.phase = 'PENDING') then
    raise exception 'execution % cannot change from phase % to %', old.id, old.phase, new.phase
      using errcode = 'check_violation', constraint = 'legal_phase_change';
  end if;
  return new;
end $$;
create trigger legal_phase_change before update of phase on executions for each row execute function refuse_illegal_phase();

-- One row for each state entered, in order (flow rabbit-er-state-transitions): rows chain.
create table state_transitions (
  execution_id uuid not null references executions (id),
  sequence integer not null,
  from_state text,
  to_state text not null,
  transition_type text not null check (transition_type in ('start', 'next', 'failure')),
  context_snapshot jsonb,
  condition_evaluated text,
  condition_result boolean,
  ai_decision_used boolean not null default false,
  ai_decision_reasoning text,
  ai_confidence_score integer check (ai_confidence_score between 0 and 100),
  "timestamp" timestamptz not null,
  duration_ms integer,
  shard integer not null,
  lsn bigint not null,
  record integer not null,
  primary key (execution_id, sequence)
);

-- One row for each attempt at a step.
create table execution_steps (
  execution_id uuid not null references executions (id),
  execution_index integer not null,
  attempt integer not null,
  node text not null,
  run_index integer not null,
  kind text not null check (kind in ('pure', 'effect', 'wait')),
  status text not null check (status in ('success', 'error')),
  -- Percent of the workflow's nodes that had run.
  progress integer not null,
  source jsonb not null,
  output_data jsonb,
  error jsonb,
  started_at timestamptz not null,
  completed_at timestamptz not null,
  primary key (execution_id, execution_index, attempt)
);

grant select, insert on executions, phase_changes, state_transitions, execution_steps to {{role}};
grant update on executions to {{role}};
