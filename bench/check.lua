-- SPDX-License-Identifier: Apache-2.0
-- What wrk asks, of Sluice and of nginx alike: one check of one of so many tenants of a load.
--   wrk -s check.lua URL -- TENANTS

local tenants = 1
local headers = { ["Content-Type"] = "application/json" }

function init(args)
  tenants = tonumber(args[1]) or 1
  math.randomseed(1)
end

-- The ids of bench/load_tenants.hpp, of tenants with six limits.
function request()
  local id = string.format("10ad0000-0003-8000-8000-%012x", math.random(0, tenants - 1))
  local body = '{"tenant":"' .. id .. '","meter":"api_requests","amount":1}'
  return wrk.format("POST", nil, headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('\n{"per_second":%.0f,"p99_us":%.0f,"failed":%d}\n',
                         summary.requests / summary.duration * 1e6, latency:percentile(99), failed))
end
