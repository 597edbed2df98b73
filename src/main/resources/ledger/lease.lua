-- Handed to a flow. 1, or 0 where the token is known; written late, the same lease once more is no other.
local token, tenant, flow, life, late = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5] == '1'
local r = read(token)
if r then
  return (late and r.lease and r.tenant == tenant and r.flow == flow) and 1 or 0
end
redis.call('HSET', key(token), 's', 'leased', 't', tenant, 'f', flow, 'h', '1', 'u', now + life)
redis.call('PEXPIREAT', key(token), now + life)
return 1
