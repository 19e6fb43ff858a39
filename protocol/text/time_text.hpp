// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/time.hpp"

namespace sluice::text {

/// Reads `250ms`, `1.5s`, `1h30m`, `2d`: numbers with one of the units ns, us, ms, s, m, h, d, w,
/// added up. Positive, and shorter than 292 years.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);

/// The two largest units that matter, as `1h30m`, `12.5s`, `85ms`; cut off, and never rounded up.
[[nodiscard]] std::string format_duration(Duration duration);

/// Reads RFC 3339: `2025-03-09T07:00:00Z`, with a fraction down to nanoseconds, or with an offset
/// such as `+01:00`; or a date, which is its midnight in UTC.
[[nodiscard]] Result<WallTime> parse_instant(std::string_view text);

/// RFC 3339 in UTC, with as many digits as the fraction needs: `2025-03-09T07:00:00Z`. Parsing it
/// gives the same instant.
[[nodiscard]] std::string format_instant(WallTime instant);

/// For people, to the second, by the clock of an IANA zone: `2025-03-09 03:00:00 EDT`; "never" for
/// `wall_time_never`. UTC if this machine does not know the zone.
[[nodiscard]] std::string format_instant_in(WallTime instant, const std::string& timezone);

}  // namespace sluice::text
