select family_id from sessions where id = $1::uuid
