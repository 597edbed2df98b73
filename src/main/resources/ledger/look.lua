-- The token's state, or nothing.
local r = read(ARGV[1])
return r and r.state or ''
