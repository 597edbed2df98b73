-- How an attempt ended: answered, spent (no answer kept), unknown, free, or never (nothing was sent, and a begin that is
-- still on its way must not be taken). The tenant's unknown charges, or -1 where nothing changed.
local token, attempt, outcome, request = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local keep, keep_unknown = tonumber(ARGV[5]), tonumber(ARGV[6])
local r = read(token)
local mine = r and r.attempt == attempt and (r.state == 'running' or r.state == 'unknown')
if not mine then
  if outcome == 'never' then
    redis.call('SET', cancelled(attempt), '1', 'PX', ARGV[8])
    return -1
  end
  -- A store that lost the record of what was sent (a failover before its replica had it) must still learn of it.
  if outcome == 'free' or (r and r.state ~= 'leased') then
    return -1
  end
  if not r then
    r = {tenant = ARGV[11], lease = false, til = now}
    redis.call('HSET', key(token), 't', r.tenant, 'f', ARGV[12], 'h', '0', 'u', now)
  end
end
if outcome == 'answered' then
  spend(token, r, 'answered', keep)
  redis.call('HSET', key(token), 'r', request, 'b', ARGV[7])
elseif outcome == 'spent' then
  spend(token, r, 'spent', keep)
elseif outcome == 'unknown' then
  redis.call('HSET', key(token), 'i', ARGV[9], 'q', ARGV[10])
  redis.call('HSETNX', key(token), 'w', now)
  redis.call('HDEL', key(token), 'a', 'd')
  doubt(token, r.tenant, keep_unknown)
else
  release(token, r)
end
return open_of(r.tenant)
