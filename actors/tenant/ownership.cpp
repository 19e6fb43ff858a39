// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/ownership.hpp"

namespace sluice {

std::string_view to_string(ClockKind kind) {
  return kind == ClockKind::simulated ? "simulated" : "real";
}

std::optional<ClockKind> parse_clock_kind(std::string_view text) {
  for (const ClockKind kind : {ClockKind::real, ClockKind::simulated}) {
    if (text == to_string(kind)) {
      return kind;
    }
  }
  return std::nullopt;
}

Result<Done> check_clock(const Claim& claim, const OwnedBefore& before) {
  const bool is_its_own = before.epoch == Epoch{} || before.server == claim.server;
  const ClockKind stored = before.clock.value_or(is_its_own ? claim.clock : ClockKind::real);
  if (stored == claim.clock) {
    return Done{};
  }
  return Fault{
      FaultCode::invalid_argument,
      stored == ClockKind::real
          ? "simulated-time: the store has data of the real clock and cannot be served with "
            "simulated time"
          : "simulated-time: the store has data of simulated time and cannot be served "
            "with the real clock"};
}

}  // namespace sluice
