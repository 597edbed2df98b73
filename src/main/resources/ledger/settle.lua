-- Settles the charge whose token begins so. What it was, and how many its tenant has left; nothing where there is none.
local id, charged, keep = ARGV[1], ARGV[2] == '1', tonumber(ARGV[3])
local cursor = '0'
repeat
  local page = redis.call('ZSCAN', UNKNOWN, cursor, 'MATCH', id .. '*', 'COUNT', 1000)
  cursor = page[1]
  local member = page[2][1]
  if member then
    local token = string.sub(member, 1, 64)
    local r = read(token)
    if not r or r.state ~= 'unknown' then
      return {}
    end
    local f = redis.call('HMGET', key(token), 'i', 'q', 'w')
    if charged then
      spend(token, r, 'spent', keep)
    else
      release(token, r)
      redis.call('SET', freed(token), '1', 'PX', keep)
    end
    return {member, f[1] or '', f[2] or '', f[3] or '0', open_of(r.tenant)}
  end
until cursor == '0'
return {}
