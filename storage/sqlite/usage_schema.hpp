// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sluice {

/// Version 18: usage of all tenants is asked for, and forgotten, by time. What was closed is not
/// open any more. Reads each of these tables once.
inline constexpr std::string_view usage_schema = R"sql(
CREATE INDEX usage_minutes_by_time ON usage_minutes (start);
CREATE INDEX usage_hours_by_time ON usage_hours (start, tenant, meter);
CREATE INDEX usage_days_by_time ON usage_days (start);

DELETE FROM open_usage WHERE EXISTS (SELECT 1 FROM usage_minutes AS closed
  WHERE closed.tenant = open_usage.tenant AND closed.start = open_usage.minute
  AND closed.meter = open_usage.meter);
)sql";

}  // namespace sluice
