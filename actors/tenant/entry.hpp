// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/check.hpp"
#include "actors/tenant/counter.hpp"
#include "actors/tenant/grant.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// What an entry speaks of.
enum class EntryState : std::uint8_t {
  answered,   ///< A check with an id; it is over, and only its answer is remembered.
  held,       ///< A reservation that is open.
  committed,  ///< Settled at what was used.
  cancelled,  ///< Given back.
  expired,    ///< Settled by time, at what was reported.
  leased,     ///< A slice that is out.
  counting,   ///< The counter of a limit for some values of labels.
  granted,    ///< A grant of credit.
};

/// Whether it holds something, until it is settled or expires.
[[nodiscard]] constexpr bool is_open(EntryState state) {
  return state == EntryState::held || state == EntryState::leased;
}

struct OwnedLabel {
  std::string name;
  std::string value;
  friend bool operator==(const OwnedLabel&, const OwnedLabel&) = default;
};

[[nodiscard]] inline std::vector<OwnedLabel> owned(std::span<const Label> labels) {
  std::vector<OwnedLabel> owned;
  owned.reserve(labels.size());
  for (const Label& label : labels) {
    owned.push_back({std::string{label.name}, std::string{label.value}});
  }
  return owned;
}

/// A reservation's part on one meter, or all of a lease.
struct HeldCharge {
  MeterId meter;
  Amount held;  ///< As it was reserved; of a lease, what is out.
  Amount used;  ///< As far as was reported; once it is settled, what was charged. Of a lease, what
                ///< was charged so far.
  friend bool operator==(const HeldCharge&, const HeldCharge&) = default;
};

/// Something that a tenant was asked under an id, and what came of it; or a counter that there are
/// many of. Absolute, so that writing it twice is writing it once.
struct Entry {
  EntryId id{};
  EntryState state = EntryState::answered;
  std::uint64_t digest = 0;  ///< Of what was asked: the same id with another one is a conflict.
  WallTime begun{};          ///< When it was asked first.
  WallTime due{};            ///< When it expires; once it is over, when it is forgotten.
  std::vector<HeldCharge> charges{};  ///< Of a reservation; each meter once. A lease has one.
  std::vector<OwnedLabel> labels{};   ///< Of what was asked, or of what is counted.
  std::optional<Counter> counter{};   ///< Of what is counted.
  std::optional<Grant> grant{};       ///< With this id and digest; `begun` is when it was given.
  Decision first{};                   ///< What was answered first.
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// An entry with the tenant that it is of.
struct EntryRow {
  TenantId tenant;
  Entry entry;
};

/// An entry that its tenant does not know any more.
struct ForgottenRow {
  TenantId tenant;
  EntryId id{};
};

}  // namespace sluice
