// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/calendar.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/sharing/peer_address.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/sharing/verdict.hpp"
#include "actors/tenant/tier.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

struct TenantDefinition;

/// What conditions of a policy take, and what they ask for:
///
///   kind          operators       a value                     holds if
///   tier_minimum  gte gt          a tier                      the consumer's tier ranks so, by the
///                                                             catalogue; a tier that is not in it
///                                                             does not rank
///   tier_exact    eq ne in nin    a tier                      its tier is (not) one of them
///   region        eq ne in nin    a region                    its region is (not) one of them
///   compliance    eq ne in nin    a label                     it has (none) of them
///   cost_limit    lte lt          millionths of the currency  what the consumer's use costs in the
///                                                             billing period, this use and all its
///                                                             grants included, is so
///   usage_limit   lte lt          units                       the same of the units
///   time_window   in nin          `[days ]HH:MM-HH:MM[ Zone]` the use lies in one (none) of them
///   ip_allowlist  in nin          an address, or a network    the peer is in one (none) of them; a
///                                                             check that names no peer is refused
///
/// Days are `mon`, or `mon-fri`, or `sat-mon`; without them every day. A window is half-open, goes
/// by what the clocks of its zone show (UTC without one; so it follows summer time), and belongs to
/// the day on which it begins when it passes midnight. `00:00-24:00` is all of the day. Networks
/// are as of `PeerNetwork`. Conditions of one policy must all hold.

/// What of a consumer its conditions look at. Good until its definition changes.
struct ConsumerFacts {
  std::string tier{};
  std::string region{};
  std::vector<std::string> compliance{};  ///< Ascending.
  friend bool operator==(const ConsumerFacts&, const ConsumerFacts&) = default;
};
[[nodiscard]] ConsumerFacts facts_of(const TenantDefinition& definition);

/// What of one use they look at.
struct UseFacts {
  WallTime at;
  const PeerAddress* peer = nullptr;  ///< Null if it is not known.
  Amount units{};                     ///< Of the period and the policy, with this use.
  std::uint64_t cost_micros = 0;      ///< What those cost.
};

/// Checks a condition. A fault names the field by its path, which begins with `path`, as in
/// `policy.conditions[2].values[0]`. That a tier exists is not asked: see `check_tiers`.
[[nodiscard]] Result<Done> check_condition(const SharingCondition& condition,
                                           std::string_view path);
/// All of a policy: `policy.conditions[i]`, and how many there are.
[[nodiscard]] Result<Done> check_conditions(std::span<const SharingCondition> conditions);
/// Whether all tiers that they name are in the catalogue; so asked when a policy is put, and not of
/// one that stands, because the catalogue changes.
[[nodiscard]] Result<Done> check_tiers(std::span<const SharingCondition> conditions,
                                       const TierCatalogue& tiers);

/// One condition in the form in which uses are decided.
class ReadyCondition {
public:
  /// A fault as of `check_condition`.
  [[nodiscard]] static Result<ReadyCondition> of(const SharingCondition& condition,
                                                 const TierCatalogue& tiers, std::string_view path);

  [[nodiscard]] ConditionKind kind() const noexcept { return kind_; }
  [[nodiscard]] bool holds_of(const ConsumerFacts& facts) const noexcept;
  [[nodiscard]] bool holds_at(const UseFacts& facts) const noexcept;

private:
  /// On some days, for a part of the day by the zone's clocks.
  struct DailyWindow {
    Calendar calendar;
    std::uint8_t days = 0;    ///< A bit each, the lowest for Monday: on which it begins.
    std::uint32_t begin = 0;  ///< Seconds of the day.
    std::uint32_t end = 0;    ///< Less than `begin` if it passes midnight.
    [[nodiscard]] bool has(WallTime at) const noexcept;
  };
  [[nodiscard]] static Result<DailyWindow> parse_window(std::string_view text,
                                                        const std::string& path);
  [[nodiscard]] Result<Done> take_value(const std::string& value, const std::string& path);

  ConditionKind kind_ = ConditionKind::tier_minimum;
  bool negated_ = false;              ///< Of `ne` and `nin`.
  std::uint64_t below_ = 0;           ///< Of the limits: what the number stays below.
  bool bounded_ = true;               ///< Of the limits: some number is too much.
  std::vector<std::string> names_{};  ///< Ascending: tiers, regions, labels.
  std::vector<DailyWindow> windows_{};
  std::vector<PeerNetwork> networks_{};
};

/// All conditions of a policy, ready for deciding.
///
/// Role       A value. A condition on a tier's rank is worked out as the tiers that have it, so it
///            is made again when the catalogue changes.
/// Threading  Immutable; may be shared.
/// Ownership  Owns what it compares with.
/// Units      As in `UseFacts`.
/// Errors     Only `of`, as of `check_conditions`.
/// Cost       A verdict allocates nothing: some comparisons of short texts, a look into the
///            time zone for each window.
class ReadyConditions {
public:
  ReadyConditions() = default;
  [[nodiscard]] static Result<ReadyConditions> of(std::span<const SharingCondition> conditions,
                                                  const TierCatalogue& tiers);

  /// Which condition does not hold, the first one in the policy's order; `admitted` if all do.
  [[nodiscard]] ShareVerdict verdict(const ConsumerFacts& consumer,
                                     const UseFacts& use) const noexcept;
  /// The same of those that ask about the consumer alone, and of those that ask about the use.
  [[nodiscard]] ShareVerdict verdict_of_consumer(const ConsumerFacts& consumer) const noexcept;
  [[nodiscard]] ShareVerdict verdict_of_use(const UseFacts& use) const noexcept;

  /// Whether some condition is a tier's rank.
  [[nodiscard]] bool ranks_tiers() const noexcept { return ranks_tiers_; }
  /// Whether some condition looks at units or what they cost.
  [[nodiscard]] bool limits_use() const noexcept { return limits_use_; }

private:
  std::vector<ReadyCondition> conditions_;
  bool ranks_tiers_ = false;
  bool limits_use_ = false;
};

/// The verdict of a condition of this kind that does not hold.
[[nodiscard]] ShareVerdict refusal_by(ConditionKind kind) noexcept;

}  // namespace sluice
