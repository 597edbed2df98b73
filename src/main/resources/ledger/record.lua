-- Goes before every script. One hash per token:
--   s state: leased, running, answered, spent, unknown      t tenant      f flow's digest, or empty
--   h 1: was handed out; 0: a charge made the record        u the token's last moment
--   a attempt that runs   d from then on it cannot run any more   r request   i intent   q request id   w sent when
--   b sealed answer
-- Times are milliseconds of this server's clock: the only one that all replicas share.
local NAME = 'pekopay-edge:'
local RUNNING = NAME .. 'running'    -- token by deadline
local UNKNOWN = NAME .. 'unknown'    -- token:tenant by the moment at which it is forgotten
local COUNTS = NAME .. 'unknown-of'  -- tenant to how many
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function key(token)
  return NAME .. 'token:' .. token
end

-- The record as it stands now: a lease that is over is none, a charge that was never ended is unknown.
local function read(token)
  local f = redis.call('HMGET', key(token), 's', 't', 'f', 'h', 'u', 'a', 'd', 'r')
  if not f[1] then
    return nil
  end
  local r = {state = f[1], tenant = f[2], flow = f[3], lease = f[4] == '1', til = tonumber(f[5]), attempt = f[6], request = f[8]}
  if r.state == 'leased' and now >= r.til then
    redis.call('DEL', key(token))
    return nil
  end
  if r.state == 'running' and now >= tonumber(f[7]) then
    r.state = 'unknown'
  end
  return r
end

-- It runs no more, and nobody has to settle it.
local function close(token, tenant)
  redis.call('ZREM', RUNNING, token)
  if redis.call('ZREM', UNKNOWN, token .. ':' .. tenant) == 1 and redis.call('HINCRBY', COUNTS, tenant, -1) <= 0 then
    redis.call('HDEL', COUNTS, tenant)
  end
end

-- Somebody has to settle it.
local function doubt(token, tenant, keep)
  redis.call('HSET', key(token), 's', 'unknown')
  redis.call('PEXPIRE', key(token), keep)
  redis.call('ZREM', RUNNING, token)
  if redis.call('ZADD', UNKNOWN, now + keep, token .. ':' .. tenant) == 1 then
    redis.call('HINCRBY', COUNTS, tenant, 1)
  end
end

-- It may be charged while it lives.
local function release(token, r)
  close(token, r.tenant)
  if r.lease and now < r.til then
    redis.call('HDEL', key(token), 'a', 'd', 'r', 'i', 'q', 'w', 'b')
    redis.call('HSET', key(token), 's', 'leased')
    redis.call('PEXPIREAT', key(token), r.til)
  else
    redis.call('DEL', key(token))
  end
end

local function spend(token, r, state, keep)
  close(token, r.tenant)
  redis.call('HDEL', key(token), 'a', 'd', 'i', 'q', 'w', 'b')
  redis.call('HSET', key(token), 's', state)
  redis.call('PEXPIRE', key(token), keep)
end

-- An operator settled a charge of the token as free.
local function freed(token)
  return NAME .. 'freed:' .. token
end

local function cancelled(attempt)
  return NAME .. 'cancelled:' .. attempt
end

local function open_of(tenant)
  return tonumber(redis.call('HGET', COUNTS, tenant) or '0')
end
