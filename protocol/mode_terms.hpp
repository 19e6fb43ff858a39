// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include "actors/tenant/check.hpp"

namespace sluice {

/// How much a check says of something.
enum class Say : std::uint8_t { nothing, perhaps, something };

/// What a check of some mode carries besides its tenant; told once for both ends of the wire.
struct ModeTerms {
  Say charges = Say::something;
  Say id = Say::perhaps;
  Say ttl = Say::nothing;
  Say labels = Say::perhaps;
  Say explain = Say::perhaps;
};

[[nodiscard]] constexpr ModeTerms terms_of(Mode mode) {
  switch (mode) {
    case Mode::normal:
    case Mode::best_effort:
    case Mode::record:
    case Mode::release:
      break;
    case Mode::peek:
      return {.id = Say::nothing};
    case Mode::reserve:
      return {.id = Say::something, .ttl = Say::perhaps};
    case Mode::extend:
      return {.charges = Say::perhaps,
              .id = Say::something,
              .ttl = Say::perhaps,
              .labels = Say::nothing,
              .explain = Say::nothing};
    case Mode::commit:
      return {.charges = Say::perhaps,
              .id = Say::something,
              .labels = Say::nothing,
              .explain = Say::nothing};
    case Mode::cancel:
      return {.charges = Say::nothing,
              .id = Say::something,
              .labels = Say::nothing,
              .explain = Say::nothing};
    case Mode::lease:
      return {.id = Say::something, .ttl = Say::something, .explain = Say::nothing};
    case Mode::credit:
      break;  // Travels in no check.
  }
  return {};
}

/// A release under an id may leave its charges out: it gives back all that the check with that id
/// took.
[[nodiscard]] constexpr Say charges_of(Mode mode, bool has_id) {
  return mode == Mode::release && has_id ? Say::perhaps : terms_of(mode).charges;
}

inline constexpr const char* not_explained = "is not for extend, commit, cancel and lease";
inline constexpr const char* ttl_out_of_range = "is not from 1 ms to 7 days";
static_assert(ttl_min == std::chrono::milliseconds{1} && ttl_max == std::chrono::hours{7 * 24});

/// Whether it speaks of a reservation, or of a lease.
[[nodiscard]] constexpr bool is_of_reservation(Mode mode) {
  return mode >= Mode::reserve && mode <= Mode::lease;
}

}  // namespace sluice
