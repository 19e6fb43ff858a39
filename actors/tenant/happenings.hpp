// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "actors/tenant/audit.hpp"
#include "actors/tenant/crossing.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/explanation.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/sharing/use.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice {

/// What a decision brings about besides its answer, for those who tell and keep it.
struct Happenings {
  std::vector<ThresholdCrossed> crossed;
  std::vector<UsageRow> closed_usage;
  std::vector<WindowRow> closed_windows;
  /// What is remembered by id and changed; good until the tenant is asked again.
  std::vector<const Entry*> entries;
  std::vector<SharedHourRow> closed_shared;
  std::vector<AuditRow> audit;  ///< Of changes of credit that were made.
  /// Every limit that was met by a check that asked to be explained, or that a limit refused; good
  /// while `explained`, which the caller takes back.
  std::vector<ConsideredLimit> considered;
  bool explained = false;
  /// Counts of sharing that `Tenant::take_unjournalled_uses` has since now.
  std::uint32_t uses_to_journal = 0;
  /// Parts of buckets that `Tenant::take_unjournalled_values` has since now.
  std::uint32_t values_to_journal = 0;
  /// Set by the caller when it has no place for history: then a minute stays open, and what later
  /// minutes use counts in it. Its times get coarse, but nothing is lost.
  bool keep_minutes_open = false;

  /// An entry of `entries` that the tenant keeps in another form, to be filled in: of a counter. It
  /// has what an earlier counter left in it. All tenants of a host write into the same few, which
  /// therefore are at hand.
  [[nodiscard]] Entry& add_counter() {
    counters_told_ = entries.empty() ? 0 : counters_told_;
    if (counters_told_ == counters_.size()) {
      counters_.emplace_back();
    }
    entries.push_back(&counters_[counters_told_]);
    return counters_[counters_told_++];
  }

  void clear() {
    crossed.clear();
    closed_usage.clear();
    closed_windows.clear();
    closed_shared.clear();
    audit.clear();
    entries.clear();
    explained = false;
    uses_to_journal = 0;
    values_to_journal = 0;
  }

private:
  std::deque<Entry> counters_;
  std::size_t counters_told_ = 0;
};

/// What a decision did to the tenant's state.
enum class Effect : std::uint8_t {
  none,
  counted,  ///< Only what was refused was counted: worth storing, but not worth a journal record.
  charged,  ///< Something that must not be lost.
};

}  // namespace sluice
