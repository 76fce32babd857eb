-- The fenced log. Rows are added, never changed, and removed in ranges in the background; the two tables that
-- are updated (journal_shards, journal_processes) change when ownership does, or a few times a lease.

-- Who may append to a shard. Each change of owner makes the next epoch, which no other process ever gets.
create table journal_shards (
  shard integer primary key check (shard >= 0),
  epoch bigint not null default 0,
  owner uuid
) with (fillfactor = 50);

-- One row a live process: the lease of all its shards together, so that renewing costs one row and never
-- touches the rows that flushes lock.
create table journal_processes (
  id uuid primary key,
  name text not null,
  joined timestamptz not null default clock_timestamp(),
  -- The session that stands for the process: when it is gone, so is the process.
  backend_pid integer not null,
  backend_started timestamptz not null,
  expires timestamptz not null
) with (fillfactor = 50);

-- One row a flush. `records` is JSON: [[stream, scope, kind, at, closes, body], ...].
create table journal (
  shard integer not null,
  lsn bigint not null check (lsn > 0),
  epoch bigint not null,
  records bytea not null,
  primary key (shard, lsn)
);

-- What a flush tells outside. JSON: [[topic, key, body], ...].
create table journal_outbox (
  shard integer not null,
  lsn bigint not null,
  messages bytea not null,
  primary key (shard, lsn)
);

-- Applied positions. Rows chain: each begins where the one before it ended, and only one can begin there.
create table journal_applied (
  shard integer not null,
  after_lsn bigint not null,
  lsn bigint not null check (lsn > after_lsn),
  primary key (shard, after_lsn)
);

-- The outbox was delivered up to here.
create table journal_delivered (
  shard integer not null,
  lsn bigint not null,
  primary key (shard, lsn)
);

-- The streams that were open after `lsn`, as JSON: {stream: [lsn, ...]}, so that a new owner reads those rows and
-- the few after the checkpoint instead of the history.
create table journal_checkpoints (
  shard integer not null,
  lsn bigint not null,
  open bytea not null,
  primary key (shard, lsn)
);

-- Cheaper than the default method; a server built without it keeps the default.
do $$
begin
  alter table journal alter column records set compression lz4;
  alter table journal_outbox alter column messages set compression lz4;
exception when feature_not_supported or invalid_parameter_value then null;
end $$;
