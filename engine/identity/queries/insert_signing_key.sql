insert into signing_keys (kid, algorithm, public_jwk, private_jwk) values ($1::text, $2::text, $3::jsonb, $4::jsonb)
