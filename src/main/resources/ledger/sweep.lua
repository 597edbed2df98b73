-- Ends what its replica cannot end any more, forgets what nobody settled in time, and counts; so many at once.
local most, keep = tonumber(ARGV[1]), tonumber(ARGV[2])
local ended, forgotten = {}, {}
for _, token in ipairs(redis.call('ZRANGEBYSCORE', RUNNING, '-inf', now, 'LIMIT', 0, most)) do
  local tenant = redis.call('HGET', key(token), 't')
  if tenant then
    doubt(token, tenant, keep)
    ended[#ended + 1] = {token .. ':' .. tenant, redis.call('HGET', key(token), 'q') or ''}
  else
    redis.call('ZREM', RUNNING, token)
  end
end
for _, member in ipairs(redis.call('ZRANGEBYSCORE', UNKNOWN, '-inf', now, 'LIMIT', 0, most)) do
  close(string.sub(member, 1, 64), string.sub(member, 66))
  forgotten[#forgotten + 1] = member
end
return {ended, forgotten, redis.call('HGETALL', COUNTS)}
