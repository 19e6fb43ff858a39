// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/check.hpp"
#include "actors/tenant/plan.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice {

/// Units of a charge above the sizes of its limits, and what they cost.
struct OverSize {
  Amount units{};  ///< Of the limit with most of them.
  std::uint64_t price_micros = 0;

  void add(const OverSize& other) noexcept {
    units = units < other.units ? other.units : units;
    price_micros = (Amount{price_micros} + Amount{other.price_micros}).raw();
  }
};

/// One check, as history counts it.
struct CountedCheck {
  Outcome outcome;
  Amount amount;
  OverSize over;
  std::span<const Label> labels;  ///< Of the request that it was.
};

/// What a tenant did with its meters in the minute that is open, apart for the values of labels.
///
/// Role       The parts of the tenant's open buckets, which add up to them: each check is counted
///            once for each label that a limit asks for. Only tenants with such a limit have one.
///            Of a day so many values of a label are told apart, and the rest is one part.
/// Threading  Confined, like the tenant that owns it.
/// Ownership  Owns its counts.
/// Units      Of the meters.
/// Errors     None; sums saturate.
/// Cost       A check looks at each value of each label of its meters, without allocating but for
///            one that is new today. A value takes some 200 bytes.
class UsageValues {
public:
  /// All parts that a tenant can have open at once.
  static constexpr std::size_t parts_max = history_labels_max * (usage_values_max + 1);

  /// From now on by these labels. One that is asked for no more goes on until its minute ends.
  void adopt(const Plan& plan);
  [[nodiscard]] bool empty() const noexcept { return labels_.empty(); }

  /// As it was stored, a part of the meter's bucket of the same minute.
  void restore(const UsageBucket& bucket);
  /// Counts the check in the minute of the meter, of which `close` was told if it is a later one
  /// than before. How many parts the journal is to hear of, and did not have to before.
  [[nodiscard]] std::uint32_t count(MeterId meter, Minute minute, const CountedCheck& check);
  /// The minute of the meter is over: appends its parts, and goes on with the next one.
  void close(TenantId tenant, MeterId meter, Minute next, std::vector<UsageRow>& closed);

  /// Appends all, or what changed since it was last taken for the journal, or for the store.
  void snapshot(std::vector<UsageBucket>& out) const;
  void take_unjournalled(std::vector<UsageBucket>& out);
  void take_unsaved(std::vector<UsageBucket>& out);
  /// Returns how many there are.
  std::uint32_t mark_unjournalled();
  void mark_unsaved();

private:
  struct Part {
    PartRef part;
    Amount used{};
    std::uint32_t allowed = 0;
    std::uint32_t denied = 0;
    std::uint32_t throttled = 0;
    Amount overage{};
    std::uint64_t price_micros = 0;
    bool is_unjournalled = false;
    bool is_unsaved = false;

    [[nodiscard]] bool counts() const noexcept {
      return allowed > 0 || denied > 0 || throttled > 0;
    }
  };
  struct OfLabel {
    HistoryLabel of;
    bool is_asked = true;
    Minute minute{};  ///< The parts are of; nothing: of none yet.
    std::vector<Part> parts{};
  };

  [[nodiscard]] OfLabel& of(const HistoryLabel& label);
  [[nodiscard]] static Part& part_for(OfLabel& label, std::string_view value);
  [[nodiscard]] static UsageBucket bucket_of(const OfLabel& label, const Part& part);
  template <class Visit>
  void each(Visit&& visit);

  std::vector<OfLabel> labels_;
};

}  // namespace sluice
