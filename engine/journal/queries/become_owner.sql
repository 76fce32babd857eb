-- An applier may have left the transaction in a tenant's role and schema.
select set_config('role', 'none', true), set_config('search_path', 'hive, pg_temp', true)
