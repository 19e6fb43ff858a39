// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/grant_rules.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>

namespace sluice {
namespace {

std::uint64_t word_of(WallTime time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

}  // namespace

const char* object_to(const GrantTerms& terms, WallTime now) noexcept {
  if (terms.amount == Amount{}) {
    return "grant.amount: must be at least 1";
  }
  if (terms.expires_at <= terms.effective_at) {
    return "grant.expires_at: must be after effective_at";
  }
  if (terms.expires_at <= now) {
    return "grant.expires_at: lies in the past";
  }
  if (terms.recurrence) {
    if (terms.recurrence->period == Period::minute || terms.recurrence->period == Period::never) {
      return "grant.recurrence.period: must be from an hour to a year";
    }
    if (terms.recurrence->every < 1 || terms.recurrence->every > recurrence_every_max) {
      return "grant.recurrence.every: must be from 1 to 1000";
    }
  }
  if (terms.rollover.min > terms.rollover.max) {
    return "grant.rollover.min: must not be above max";
  }
  return nullptr;
}

std::uint64_t digest_of(const GrantTerms& terms) noexcept {
  const auto& recurrence = terms.recurrence;
  const std::array<std::uint64_t, 9> words{
      terms.amount.raw(),
      terms.priority,
      word_of(terms.effective_at),
      word_of(terms.expires_at),
      recurrence ? static_cast<std::uint64_t>(recurrence->period) + 1 : 0,
      recurrence ? recurrence->every : std::uint64_t{0},
      recurrence ? word_of(recurrence->anchor) : 0,
      terms.rollover.min.raw(),
      terms.rollover.max.raw()};
  return XXH64(words.data(), sizeof words, 0);
}

}  // namespace sluice
