select count(*)::integer as spares from hive.tenants where slug is null
