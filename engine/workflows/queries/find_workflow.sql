select * from workflows where id = $1::uuid
