-- KEYS[1] the bucket. ARGV: op, id, cost, maximum, available, restore, keep_us, reserved.
-- Fields: a available (negative: debt), t clock in microseconds, m maximum,
-- r restore per second, i:<id> = "cost:reserved at".
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local op, id = ARGV[1], ARGV[2]
local cost, keep = tonumber(ARGV[3]), tonumber(ARGV[7])
local raw = redis.call('HGETALL', KEYS[1])
local b, flights = {}, {}
for n = 1, #raw, 2 do
  if string.sub(raw[n], 1, 2) == 'i:' then flights[string.sub(raw[n], 3)] = raw[n + 1]
  else b[raw[n]] = tonumber(raw[n + 1]) end
end
if not b.a then b = { a = tonumber(ARGV[5]), t = now, m = tonumber(ARGV[4]), r = tonumber(ARGV[6]) } end
local passed = now - b.t
if passed < 0 then passed = 0 end
b.a = math.min(b.m, b.a + passed * b.r / 1000000)
b.t = now

local out, total, best, bestcost = 0, 0, nil, nil
local seen = {}
for fid, text in pairs(flights) do
  local c, at = string.match(text, '^([^:]+):(.+)$')
  c, at = tonumber(c), tonumber(at)
  if now - at > keep then
    redis.call('HDEL', KEYS[1], 'i:' .. fid)
  else
    seen[fid] = c
    total = total + c
    local exact = math.abs(c - tonumber(ARGV[8])) < 0.000001
    local bestexact = bestcost and math.abs(bestcost - tonumber(ARGV[8])) < 0.000001
    if not best or (exact and not bestexact) or (c < bestcost and not bestexact) then best, bestcost = fid, c end
  end
end

if op == 'take' then
  cost = math.min(cost, b.m)
  b.a = b.a - cost
  if b.a < 0 then out = -b.a / b.r end
  redis.call('HSET', KEYS[1], 'i:' .. id, string.format('%.6f:%.0f', cost, now + out * 1000000))
elseif op == 'give' then
  if seen[id] then
    b.a = math.min(b.m, b.a + seen[id])
    redis.call('HDEL', KEYS[1], 'i:' .. id)
  end
else
  if best then
    redis.call('HDEL', KEYS[1], 'i:' .. best)
    total = total - bestcost
  end
  b.m, b.r = tonumber(ARGV[4]), tonumber(ARGV[6])
  b.a = math.min(b.m, tonumber(ARGV[5]) - total)
end
redis.call('HSET', KEYS[1], 'a', string.format('%.6f', b.a), 't', string.format('%.0f', b.t),
  'm', string.format('%.6f', b.m), 'r', string.format('%.6f', b.r))
redis.call('PEXPIRE', KEYS[1], 600000)
return { string.format('%.6f', out), string.format('%.6f', b.a), string.format('%.6f', b.m), string.format('%.6f', b.r) }
