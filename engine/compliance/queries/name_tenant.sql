-- Which tenants the row-level policies show to the rest of this transaction.
select set_config('hive.tenant', $1::text, true)
