select kid, algorithm, public_jwk, private_jwk from signing_keys where retired_at is null order by created_at desc
