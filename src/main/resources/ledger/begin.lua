-- What becomes of this attempt: send (and the record says so; 'freed' beside it where an operator had said so before),
-- running, replay with the answer, or why not.
local token, attempt, tenant, flow, request = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local must_be_leased, bound = ARGV[6] == '1', ARGV[7] == '1'
local run, keep = tonumber(ARGV[10]), tonumber(ARGV[11])
if redis.call('EXISTS', cancelled(attempt)) == 1 then
  return {'ledger-unavailable'}
end
local r = read(token)
if not r then
  if must_be_leased then
    return {'token-unknown'}
  end
  redis.call('HSET', key(token), 't', tenant, 'f', flow, 'h', '0', 'u', now)
elseif r.tenant ~= tenant or (bound and r.flow ~= '' and r.flow ~= flow) then
  return {'token-not-yours'}
elseif r.state == 'running' then
  return {r.request == request and 'running' or 'charge-in-progress'}
elseif r.state == 'answered' and r.request == request then
  return {'replay', redis.call('HGET', key(token), 'b')}
elseif r.state == 'unknown' then
  return {'charge-outcome-unknown'}
elseif r.state ~= 'leased' then
  return {'token-spent'}
end
redis.call('HSET', key(token), 's', 'running', 'a', attempt, 'r', request, 'i', ARGV[8], 'q', ARGV[9], 'w', now, 'd', now + run)
redis.call('PEXPIRE', key(token), run + keep)
redis.call('ZADD', RUNNING, now + run, token)
if redis.call('EXISTS', freed(token)) == 1 then
  return {'send', 'freed'}
end
return {'send'}
