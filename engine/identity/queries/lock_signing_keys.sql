-- Held to the end of the transaction: of several processes that start on an empty database one makes the key.
select pg_advisory_xact_lock(4811003)
