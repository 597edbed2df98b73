-- So many of those to be settled, from that place on: token:tenant, intent, request id, sent when; each.
local from, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local found = {}
for _, member in ipairs(redis.call('ZRANGE', UNKNOWN, from, from + most - 1)) do
  local f = redis.call('HMGET', key(string.sub(member, 1, 64)), 'i', 'q', 'w')
  found[#found + 1] = {member, f[1] or '', f[2] or '', f[3] or '0'}
end
return found
