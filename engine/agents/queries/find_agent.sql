select * from agents where agent_id = $1::text
