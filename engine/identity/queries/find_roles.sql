select name, permissions from roles where name = any ($1::text[])
