-- Ends with the transaction. A change of owner waits for it (take_shards), and a client that went silent inside
-- the transaction is thrown out by the server, so the wait is bounded. What is applied twice after a crash of
-- the server is lost together with its position: no need to wait for the disk.
select pg_advisory_xact_lock_shared($1::integer, $2::integer),
  set_config('idle_in_transaction_session_timeout', $3::text, true),
  set_config('synchronous_commit', 'off', true)
