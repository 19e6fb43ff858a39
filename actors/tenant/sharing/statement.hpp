// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "actors/tenant/calendar.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/sharing/pricing.hpp"
#include "actors/tenant/sharing/use.hpp"

namespace sluice {

/// Statements: what a consumer owes for one grant and one billing period, and how that is divided.
///
/// A line is made once, after its period, and never changes. It is made of the hours that the
/// consumer's actor metered, which both sides are told; so what the lines of an owner add up to is
/// what the lines of its consumers add up to, to the millionth. Currencies are never added to each
/// other.
///
///   terms   what a policy costs; those that stood when a period began hold for all of it;
///   line    of one grant and one period: what was used, what it costs, who has which part;
///   payout  what the platform owes an owner, from lines that it has not paid (payout.hpp).
///
/// All of it is pure. Amounts of money are in millionths.

/// What a policy costs from some instant on. They outlive the policy: its last period is still to
/// be paid when it is gone.
struct SharingTerms {
  PolicyId policy{};
  WallTime since{};
  TenantId owner{};
  Resource resource{};
  Pricing pricing{};
  RevenueShare revenue{};
  friend bool operator==(const SharingTerms&, const SharingTerms&) = default;
};

/// Those that hold in the period that begins then: the last that stood at its begin, so that a new
/// price reaches nobody in the middle of a period; in a policy's first period the first. `all` is
/// of one policy, ascending; nothing if it is empty.
[[nodiscard]] const SharingTerms* terms_at(std::span<const SharingTerms> all,
                                           WallTime period_start) noexcept;

/// The terms of a policy once it is put like this: `all` are what it had, ascending. Those that are
/// replaced before a period began with them never held, and go; but for the first.
[[nodiscard]] std::vector<SharingTerms> terms_after(std::vector<SharingTerms> all,
                                                    const SharingPolicy& policy);
/// Of these, what holds in the period that holds `now`, or may hold later.
[[nodiscard]] std::vector<SharingTerms> terms_from(std::vector<SharingTerms> all, WallTime now);

/// From when to when a grant stood.
struct GrantSpan {
  SharingId id{};
  PolicyId policy{};
  TenantId owner{};
  TenantId consumer{};
  WallTime granted_at{};
  std::optional<WallTime> ended_at{};  ///< Nothing: it stands.
  friend bool operator==(const GrantSpan&, const GrantSpan&) = default;
};

/// Whether it stood at some instant of the window.
[[nodiscard]] bool stood_in(const GrantSpan& grant, const Window& window) noexcept;

struct StatementLine {
  SharingId grant{};
  PolicyId policy{};
  TenantId owner{};
  TenantId consumer{};
  Resource resource{};
  Window period{};
  std::uint64_t uses = 0;
  Amount units{};
  std::string currency{};
  std::uint64_t amount_micros = 0;    ///< What the consumer owes.
  std::uint64_t owner_micros = 0;     ///< The owner's part of it, rounded down.
  std::uint64_t platform_micros = 0;  ///< The rest.
  PayoutSchedule schedule = PayoutSchedule::monthly;
  std::uint64_t minimum_payout_micros = 0;
  std::optional<WallTime>
      closed_at{};  ///< Nothing: the period runs, and this is what it is so far.
  friend bool operator==(const StatementLine&, const StatementLine&) = default;
};

/// What a consumer pays, in two parts.
struct Division {
  std::uint64_t owner_micros = 0;
  std::uint64_t platform_micros = 0;
  friend bool operator==(const Division&, const Division&) = default;
};
/// The owner's part is rounded down and the platform has the rest: one rounding, so the parts add
/// up; and down, so that nobody is promised a millionth which no consumer has paid.
[[nodiscard]] Division divide(std::uint64_t amount_micros, const RevenueShare& revenue) noexcept;

/// What a consumer used and owes under one policy in one period, by grants whose ids are lower. A
/// consumer whose access ended and was granted again pays a fixed price once, and goes on in the
/// bands where it was: a line is what its grant adds to what the consumer owes.
struct EarlierUse {
  Amount units{};
  bool stood = false;  ///< One of them did within the period.
  friend bool operator==(const EarlierUse&, const EarlierUse&) = default;
};
/// What all of it costs.
[[nodiscard]] std::uint64_t cost_of(const Pricing& pricing, const EarlierUse& use) noexcept;
/// The same with one more grant: `hours` are its own, in any order; those outside of the period do
/// not count.
[[nodiscard]] EarlierUse with_grant(EarlierUse earlier, const GrantSpan& grant,
                                    const Window& period, std::span<const SharedHour> hours);

/// What consumers used and owe under each policy, by grants that were looked at one by one.
///
/// Role       Pure bookkeeping for who makes lines.
/// Threading  Confined.
/// Ownership  Owns its sums.
/// Units      As of `EarlierUse`.
/// Errors     None.
/// Cost       O(log n) in what it remembers, which is a sum of 100 bytes for each consumer, policy
///            and period in which another grant may follow, or came before: where one ended, or
///            began within `late_use_max` or later.
class EarlierUses {
public:
  /// By the grants before this one. Those of one policy and consumer come in the order of their
  /// ids, and each is added once.
  [[nodiscard]] EarlierUse before(const GrantSpan& grant, const Window& period) const;
  void add(const GrantSpan& grant, const Window& period, std::span<const SharedHour> hours);

private:
  std::map<std::tuple<PolicyId, TenantId, WallTime>, EarlierUse> uses_;
};

/// So long after its grant's end a reservation has ended, too, unless no server ran for weeks.
inline constexpr Duration late_use_max = std::chrono::hours{24 * 32};
/// Whether a later grant of the same consumer under the same policy may owe something, too.
[[nodiscard]] bool may_share_period(const GrantSpan& grant, const Window& period) noexcept;

/// What a grant adds in one period. Nothing if it was not used and owes nothing.
[[nodiscard]] std::optional<StatementLine> statement_line(const GrantSpan& grant,
                                                          const SharingTerms& terms,
                                                          const Window& period,
                                                          std::span<const SharedHour> hours,
                                                          const EarlierUse& earlier = {});

/// What is needed to say what some grants cost.
struct GrantCosts {
  std::vector<SharingTerms> terms{};  ///< Of their policies, each one's together and ascending.
  std::vector<SharedHour> hours{};    ///< By grant and hour.
};
/// The lines of several grants, which are added to those before. A grant whose policy never had
/// terms has no line.
[[nodiscard]] std::vector<StatementLine> statement_lines(std::span<const GrantSpan> grants,
                                                         const GrantCosts& costs,
                                                         const Window& period,
                                                         EarlierUses& earlier);
/// The part of `terms` that is of this policy, and of `hours` that is of this grant.
[[nodiscard]] std::span<const SharingTerms> terms_of(PolicyId policy,
                                                     std::span<const SharingTerms> terms) noexcept;
[[nodiscard]] std::span<const SharedHour> hours_of(SharingId grant,
                                                   std::span<const SharedHour> hours) noexcept;

/// What all of them add up to, of one currency.
struct StatementSum {
  std::uint64_t lines = 0;
  std::uint64_t uses = 0;
  std::uint64_t amount_micros = 0;
  std::uint64_t owner_micros = 0;
  std::uint64_t platform_micros = 0;
  friend bool operator==(const StatementSum&, const StatementSum&) = default;
};
struct CurrencySum {
  std::string currency{};
  StatementSum sum{};
  friend bool operator==(const CurrencySum&, const CurrencySum&) = default;
};
/// One for each currency, in their order.
[[nodiscard]] std::vector<CurrencySum> sum_up(std::span<const StatementLine> lines);
void add_to(std::vector<CurrencySum>& sums, const StatementLine& line);

/// The hour that holds the instant, and the instant at which it begins.
[[nodiscard]] Hour billing_hour_at(WallTime instant) noexcept;
[[nodiscard]] WallTime begin_of(Hour hour) noexcept;

/// How long after its end a period is closed at the earliest. Uses are counted in the hour that the
/// clock shows; so long it may step back without a use falling into a period that is closed.
inline constexpr Duration statement_margin = std::chrono::hours{1};

}  // namespace sluice
