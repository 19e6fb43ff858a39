-- Asks Sluice whether the tenant in txn.sluice_tenant may go on, and leaves the answer in
-- txn.sluice_status (200, 429, 403; 503 if nobody could say), txn.sluice_outcome,
-- txn.sluice_policy, txn.sluice_limit and txn.sluice_retry_after.
local address = "http://127.0.0.1:7480/v1/auth?meter=api_requests"
local patience_ms = 500

-- Read as HAProxy starts, before it gives up its rights.
local file = assert(io.open("sluice.key"))
local key = file:read("l") or ""
file:close()

local function first(headers, name)
  local values = headers and headers[name]
  return values and (values[0] or values[1])
end

core.register_action("sluice", { "http-req" }, function(txn)
  local tenant = txn:get_var("txn.sluice_tenant") or ""
  local asked = { ["x-sluice-tenant"] = { tenant } }
  if key ~= "" then
    asked["authorization"] = { "Bearer " .. key }
  end
  local answer = core.httpclient():get{ url = address, headers = asked, timeout = patience_ms }
  local status = answer and answer.status or 503
  if status == 401 then
    core.Alert("Sluice does not take the key in sluice.key")
  end
  if status ~= 200 and status ~= 429 and status ~= 403 then
    status = 503
  end
  txn:set_var("txn.sluice_status", status)
  local headers = answer and answer.headers
  for variable, name in pairs({
    ["txn.sluice_outcome"] = "x-sluice-outcome",
    ["txn.sluice_policy"] = "ratelimit-policy",
    ["txn.sluice_limit"] = "ratelimit",
    ["txn.sluice_retry_after"] = "retry-after",
  }) do
    local value = first(headers, name)
    if value then
      txn:set_var(variable, value)
    end
  end
end)
