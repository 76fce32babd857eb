-- By slug, after the last one of the page before ($2); one row more than the page ($1) tells whether there is another.
select * from agents
where ($2::text is null or agent_id > $2::text) and ($3::hive.agent_status is null or status = $3::hive.agent_status)
order by agent_id
limit $1::int + 1
