// SPDX-License-Identifier: Apache-2.0
#include "server/http/rate_limit_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace sluice::http {
namespace {

/// The largest integer of a structured field (RFC 8941).
constexpr std::uint64_t integer_max = 999'999'999'999'999;

std::uint64_t in_range(Amount amount) {
  return std::min(amount.raw(), integer_max);
}

std::int64_t whole_seconds(Duration duration) {
  return std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::seconds>(duration).count());
}

}  // namespace

void add_rate_limit_fields(Response& response, const Decision& decision, const Policy* policy,
                           WallTime now) {
  if (decision.has_reading && decision.reading.size && policy != nullptr) {
    const LimitReading& reading = decision.reading;
    std::string terms = fmt::format("\"{}\";q={}", policy->name, in_range(*reading.size));
    if (policy->window) {
      terms += fmt::format(";w={}", std::max<std::int64_t>(1, whole_seconds(*policy->window)));
    }
    std::string left = fmt::format("\"{}\";r={}", policy->name, in_range(reading.remaining));
    if (reading.resets_at != wall_time_never) {
      left += fmt::format(";t={}", whole_seconds(reading.resets_at - now));
    }
    response.headers.emplace_back("RateLimit-Policy", std::move(terms));
    response.headers.emplace_back("RateLimit", std::move(left));
  }
  if (decision.retry_after && decision.outcome != Outcome::allowed) {
    const auto seconds = std::max<std::int64_t>(1, whole_seconds(*decision.retry_after));
    response.headers.emplace_back("Retry-After", std::to_string(seconds));
  }
}

}  // namespace sluice::http
