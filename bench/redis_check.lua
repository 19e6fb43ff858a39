-- SPDX-License-Identifier: Apache-2.0
-- A limit on nginx's side: the tenant is taken out of the body, and Redis counts in a script. Says
-- in Redis's own protocol what is needed of it, over connections that are kept.

local say = ngx.say
local sha, port = ngx.var.redis_sha, tonumber(ngx.var.redis_port)

ngx.req.read_body()
local tenant = string.match(ngx.req.get_body_data() or "", '"tenant":"([^"]+)"')
if not tenant then
  return ngx.exit(400)
end
local redis = ngx.socket.tcp()
redis:settimeout(1000)
if not redis:connect("127.0.0.1", port) then
  return ngx.exit(503)
end
local words = { "EVALSHA", sha, "1", "key:" .. tenant, "1", "1000000000000", "2592000" }
local command = { "*" .. #words }
for _, word in ipairs(words) do
  command[#command + 1] = "$" .. #word
  command[#command + 1] = word
end
redis:send(table.concat(command, "\r\n") .. "\r\n")
local left = tonumber(string.match(redis:receive("*l") or "", "^:(-?%d+)$"))
if not left then
  return ngx.exit(503)
end
redis:setkeepalive(60000, 128)
ngx.header["Content-Type"] = "application/json"
if left < 0 then
  ngx.status = 429
  return say('{"success":false}')
end
say('{"success":true,"data":{"outcome":"allowed","remaining":' .. left .. "}}")
