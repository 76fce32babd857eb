-- A sliding log: one entry for each request that was let through within the last window.
-- KEYS[1] the counter; ARGV: points (always 1), window in seconds, limit.
-- Answers {requests counted, milliseconds until the oldest leaves}; limit + 1 means refused. A refused request
-- is not counted, so a client that keeps asking does not lock itself out.
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window = ARGV[2] * 1000
local limit = tonumber(ARGV[3])
redis.call('zremrangebyscore', KEYS[1], '-inf', now - window)
local used = redis.call('zcard', KEYS[1])
if used < limit then
  redis.call('zadd', KEYS[1], now, time[1] .. '.' .. time[2] .. '.' .. used)
  redis.call('pexpire', KEYS[1], window)
end
local oldest = redis.call('zrange', KEYS[1], 0, 0, 'withscores')
local wait = window
if oldest[2] then wait = math.max(oldest[2] + window - now, 1) end
if used < limit then return { used + 1, wait } end
return { limit + 1, wait }
