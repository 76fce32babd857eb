-- Tenants whose schema lacks one of these migrations, with the numbers that it has.
select t.id, t.schema, t.role, coalesce(array_agg(m.number) filter (where m.number is not null), '{}') as numbers
from hive.tenants t left join hive.tenant_migrations m on m.tenant_id = t.id
group by t.id
having not coalesce(array_agg(m.number) filter (where m.number is not null), '{}') @> $1::integer[]
