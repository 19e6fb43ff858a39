// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "actors/tenant/calendar.hpp"
#include "actors/tenant/check.hpp"
#include "actors/tenant/credit_count.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/gcra.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/sliding_count.hpp"
#include "actors/tenant/window_count.hpp"

namespace sluice {

/// How much a limit tells about what remains: one that refuses more than one that does not, either
/// more than one without a size, and a shadow least.
enum class Rank : std::uint8_t { refuses, counts, unlimited, shadow, none };

/// A concurrency rule with what deciding needs worked out.
struct ConcurrencyTerms : SizeTerms {
  ConcurrencyTerms(const ConcurrencyRule& rule, const Limit& limit)
      : SizeTerms(rule.size, limit), ttl(rule.ttl) {}
  Duration ttl;
};

/// A limit as a decision reads it: with its override in place, if it has one.
struct PlannedLimit {
  LimitId id;
  MeterId meter;
  Enforcement enforcement;
  bool shadow;
  Rank rank;
  std::uint8_t meter_place;  ///< Of its meter in `Plan::meters`.
  bool labelled;             ///< What it means depends on the labels of a request.
  bool releases_on_expiry;
  std::variant<WindowTerms, RateTerms, SlidingTerms, ConcurrencyTerms, CreditTerms> terms;

  /// Whether what was taken can be given back.
  [[nodiscard]] bool is_gauge() const noexcept {
    const auto* window = std::get_if<WindowTerms>(&terms);
    return window != nullptr && window->period == Period::never;
  }
  [[nodiscard]] bool is_concurrency() const noexcept {
    return std::holds_alternative<ConcurrencyTerms>(terms);
  }
  [[nodiscard]] const CreditTerms* credit() const noexcept {
    return std::get_if<CreditTerms>(&terms);
  }
  /// What all kinds but rates have.
  [[nodiscard]] const SizeTerms* size_terms() const noexcept {
    if (const auto* window = std::get_if<WindowTerms>(&terms)) {
      return window;
    }
    if (const auto* sliding = std::get_if<SlidingTerms>(&terms)) {
      return sliding;
    }
    if (const auto* concurrency = std::get_if<ConcurrencyTerms>(&terms)) {
      return concurrency;
    }
    return credit();
  }
};

/// A label by whose values the history of a meter is kept.
struct HistoryLabel {
  MeterId meter{};
  std::string label{};
  friend auto operator<=>(const HistoryLabel&, const HistoryLabel&) = default;
};

/// What limits ask for, each once, by meter and label.
[[nodiscard]] std::vector<HistoryLabel> history_of(std::span<const Limit> limits);

/// The rules of a tenant, made ready for deciding. Tenants whose rules are equal share one plan, so
/// that a million tenants of a handful of tiers keep a handful of plans.
///
/// Role       A value: limits ordered by meter, with what a decision needs worked out beforehand.
///            Overrides end with time: a plan knows until when it holds, and which holds after it.
/// Threading  Immutable; may be shared.
/// Ownership  Owns its limits.
/// Units      As in `Limit`.
/// Errors     `of` checks what deciding relies on, so that a damaged definition is a fault and not
///            a crash: the time zone, the number of limits, and each rule, soft limit and list of
///            thresholds, and how many labels have a history. The rest is for `validate`.
/// Cost       Finding the limits of a meter is O(1).
class Plan {
public:
  [[nodiscard]] static Result<std::shared_ptr<const Plan>> of(const TenantDefinition& definition);

  [[nodiscard]] const Calendar& calendar() const noexcept { return calendar_; }
  /// Ordered by meter, then by id. The position of a limit here is its slot in the tenant.
  [[nodiscard]] std::span<const Limit> limits() const noexcept { return limits_; }
  /// The same limits in the same order, for deciding.
  [[nodiscard]] std::span<const PlannedLimit> planned() const noexcept { return planned_; }
  /// Slots of limits that look at labels.
  [[nodiscard]] std::span<const std::uint32_t> labelled() const noexcept { return labelled_; }
  /// By which labels history is kept.
  [[nodiscard]] std::span<const HistoryLabel> history() const noexcept { return history_; }
  /// Whether checks are decided without labels, and none has to be refused as a whole.
  [[nodiscard]] bool plain() const noexcept { return plain_; }
  /// Whether only reservations may charge the meter: some limit counts what is in flight.
  [[nodiscard]] bool is_only_reserved(MeterId meter) const noexcept;
  /// For how long a reservation of these meters may be open at the most: as long as any limit on
  /// what is in flight says; nothing if there is none.
  [[nodiscard]] std::optional<Duration> holder_ttl(std::span<const Charge> charges) const noexcept;
  /// From this moment on, `after` holds.
  [[nodiscard]] WallTime until() const noexcept { return until_; }
  [[nodiscard]] const std::shared_ptr<const Plan>& after() const noexcept { return after_; }
  /// The meters that have limits, ascending.
  [[nodiscard]] std::span<const MeterId> meters() const noexcept { return meters_; }
  /// Half-open range of slots of the limits on this meter.
  struct SlotRange {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  [[nodiscard]] SlotRange slots_of(MeterId meter) const noexcept {
    const std::size_t at = meter.raw();
    return at + 1 < first_slot_.size() ? SlotRange{first_slot_[at], first_slot_[at + 1]}
                                       : SlotRange{};
  }

  friend bool operator==(const Plan& a, const Plan& b) {
    return a.calendar_ == b.calendar_ && a.limits_ == b.limits_;  // The rest follows from these.
  }

private:
  Plan(Calendar calendar, std::vector<Limit> limits);

  Calendar calendar_;
  WallTime until_ = wall_time_never;
  bool plain_ = true;
  std::shared_ptr<const Plan> after_;
  std::vector<Limit> limits_;
  std::vector<std::uint32_t> labelled_;
  std::vector<HistoryLabel> history_;
  std::vector<PlannedLimit> planned_;
  std::vector<MeterId> meters_;
  /// For each meter up to the highest that has a limit, and one beyond it: the first slot at or
  /// after its limits.
  std::vector<std::uint8_t> first_slot_;
};

}  // namespace sluice
