// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/tenant/meter.hpp"
#include "actors/tenant/tenant.hpp"

#include <date/date.h>

#include <cstdint>
#include <initializer_list>
#include <istream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

using namespace std::chrono_literals;

inline constexpr MeterId api_requests{1};
inline constexpr MeterId llm_tokens{2};
inline constexpr MeterId users{7};

/// Reads "2024-03-31T01:00:00Z".
inline WallTime utc(const std::string& text) {
  std::istringstream in{text};
  date::sys_time<std::chrono::nanoseconds> parsed;
  in >> date::parse("%FT%TZ", parsed);
  SLUICE_INVARIANT(!in.fail());
  return WallTime{parsed.time_since_epoch()};
}

inline Limit window(std::uint64_t size, Period period, MeterId meter = api_requests) {
  Limit limit;
  limit.name = "window";
  limit.meter = meter;
  limit.rule = WindowRule{Amount{size}, period};
  return limit;
}

inline Limit unlimited(Period period, MeterId meter = api_requests) {
  Limit limit = window(0, period, meter);
  limit.rule = WindowRule{std::nullopt, period};
  return limit;
}

/// `amount` for each `per`, `burst` at once.
inline Limit rate(std::uint64_t amount, Duration per, std::uint64_t burst,
                  MeterId meter = api_requests) {
  Limit limit = window(0, Period::never, meter);
  limit.rule = RateRule{Amount{amount}, per, Amount{burst}};
  return limit;
}

/// What comes in comes at once, whenever `per` is over.
inline Limit by_interval(Limit rate) {
  std::get<RateRule>(rate.rule).refill = Refill::interval;
  return rate;
}

inline Limit sliding(std::uint64_t size, Duration span, MeterId meter = api_requests) {
  Limit limit = window(0, Period::never, meter);
  limit.rule = SlidingRule{Amount{size}, span};
  return limit;
}

/// So much in flight, each holder for `ttl` unless it is extended.
inline Limit concurrency(std::uint64_t size, Duration ttl = 1min, MeterId meter = api_requests) {
  Limit limit = window(0, Period::never, meter);
  limit.rule = ConcurrencyRule{Amount{size}, ttl};
  return limit;
}

/// A counter for each combination of these labels.
inline Limit per(std::vector<std::string> labels, Limit limit) {
  limit.per = std::move(labels);
  return limit;
}
/// Only where the label has one of these values.
inline Limit when(std::string label, std::vector<std::string> values, Limit limit) {
  limit.when.push_back({std::move(label), false, std::move(values)});
  return limit;
}
/// Only where the label has none of these values.
inline Limit unless(std::string label, std::vector<std::string> values, Limit limit) {
  limit.when.push_back({std::move(label), true, std::move(values)});
  return limit;
}

/// Lets another rule hold until then.
inline Limit overridden(Limit limit, Rule rule, WallTime until) {
  limit.instead =
      Override{.rule = std::move(rule), .expires_at = until, .author = "ops", .reason = "launch"};
  return limit;
}

inline Limit releasing_on_expiry(Limit limit) {
  limit.releases_on_expiry = true;
  return limit;
}

/// Each unit above the size costs `price_micros`.
inline Limit priced(Limit limit, std::uint64_t price_micros,
                    std::optional<std::uint64_t> cap = std::nullopt) {
  limit.overage = OverageTerms{price_micros, Amount{1}, {}};
  if (cap) {
    limit.overage->cap = Amount{*cap};
  }
  return limit;
}
inline Limit for_overage(Limit limit, std::uint64_t price_micros,
                         std::optional<std::uint64_t> cap = std::nullopt) {
  limit.enforcement = Enforcement::overage;
  return priced(std::move(limit), price_micros, cap);
}

/// Spreads what is left from the soft limit on.
inline Limit throttling(Limit limit, std::uint64_t soft_limit) {
  limit.enforcement = Enforcement::throttle;
  limit.soft_limit = Amount{soft_limit};
  return limit;
}

inline Limit shadow(Limit limit) {
  limit.shadow = true;
  return limit;
}

inline Limit alerting(Limit limit) {
  limit.enforcement = Enforcement::alert;
  return limit;
}

inline Limit with_soft_limit(Limit limit, std::uint64_t amount) {
  limit.soft_limit = Amount{amount};
  return limit;
}

inline Limit with_thresholds(Limit limit, std::initializer_list<int> percents) {
  limit.thresholds.clear();
  for (const int percent : percents) {
    limit.thresholds.emplace_back(static_cast<std::uint8_t>(percent));
  }
  return limit;
}

inline TenantDefinition definition(std::vector<Limit> limits = {}, std::string timezone = "UTC",
                                   AnchorDay anchor = AnchorDay{1}) {
  TenantDefinition definition;
  definition.id = TenantId{0x0190'0000'0000'7000, 0x8000'0000'0000'0001};
  definition.name = "Acme";
  definition.slug = "acme";
  definition.tier = "free";
  definition.timezone = std::move(timezone);
  definition.billing_anchor_day = anchor;
  definition.version = Version{1};
  for (Limit& limit : limits) {
    definition.last_limit_id = LimitId{definition.last_limit_id.raw() + 1};
    limit.id = definition.last_limit_id;
  }
  definition.limits = std::move(limits);
  return definition;
}

inline std::shared_ptr<const Plan> plan_of(const TenantDefinition& definition) {
  return Plan::of(definition).value();
}
inline std::shared_ptr<const Plan> plan_of(std::vector<Limit> limits) {
  return plan_of(definition(std::move(limits)));
}

inline const WallTime noon = utc("2024-05-15T12:00:00Z");

/// A tenant with the clocks in hand. Limits are numbered from 1 in the order given.
class Desk {
public:
  explicit Desk(std::vector<Limit> limits, WallTime start = noon)
      : Desk(plan_of(std::move(limits)), start) {}
  explicit Desk(std::shared_ptr<const Plan> plan, WallTime start = noon,
                const std::vector<Counter>& counters = {})
      : Desk(start, std::move(plan), TenantState{counters, {}, {}, {}}) {}
  Desk(WallTime start, std::shared_ptr<const Plan> plan, const TenantState& state)
      : now{Instant{1h}, start},
        tenant(definition().id, std::move(plan), state.counters, state.open_usage, state.entries,
               now) {}

  Decision check(const std::vector<Charge>& charges, Mode mode = Mode::normal) {
    Decision decision;
    const Check check{.tenant = tenant.id(),
                      .charges = charges,
                      .mode = mode,
                      .labels = labels,
                      .explain = asks_why};
    effect = tenant.decide(check, now, decision, happenings);
    return decision;
  }
  /// Under an id.
  Decision once(std::uint64_t id, Mode mode, const std::vector<Charge>& charges,
                Duration ttl = 1min) {
    Decision decision;
    const Check check{.tenant = tenant.id(),
                      .charges = charges,
                      .mode = mode,
                      .id = EntryId{1, id},
                      .ttl = ttl,
                      .labels = labels,
                      .want = want,
                      .explain = asks_why};
    effect = tenant.decide(check, now, decision, happenings);
    return decision;
  }
  Decision once(std::uint64_t id, Mode mode, std::uint64_t amount, Duration ttl = 1min) {
    return once(id, mode, {Charge{api_requests, Amount{amount}}}, ttl);
  }
  static inline const std::vector<Charge> nothing;
  Decision reserve(std::uint64_t id, std::uint64_t amount, Duration ttl = 1min) {
    return once(id, Mode::reserve, amount, ttl);
  }
  Decision commit(std::uint64_t id, std::uint64_t amount) { return once(id, Mode::commit, amount); }
  Decision cancel(std::uint64_t id) { return once(id, Mode::cancel, nothing); }
  /// Takes out a slice of at most `most`; of what was out before, so much is used by now.
  Decision lease(std::uint64_t id, std::uint64_t most, std::uint64_t used = 0,
                 Duration ttl = 1min) {
    want = Amount{most};
    return once(id, Mode::lease, used, ttl);
  }

  Decision charge(std::uint64_t amount, MeterId meter = api_requests) {
    return check({Charge{meter, Amount{amount}}});
  }
  Decision peek(std::uint64_t amount, MeterId meter = api_requests) {
    return check({Charge{meter, Amount{amount}}}, Mode::peek);
  }
  Decision best_effort(std::uint64_t amount, MeterId meter = api_requests) {
    return check({Charge{meter, Amount{amount}}}, Mode::best_effort);
  }
  Decision record(std::uint64_t amount, MeterId meter = api_requests) {
    return check({Charge{meter, Amount{amount}}}, Mode::record);
  }
  Decision release(std::uint64_t amount, MeterId meter = api_requests) {
    return check({Charge{meter, Amount{amount}}}, Mode::release);
  }
  bool admits(std::uint64_t amount, MeterId meter = api_requests) {
    return charge(amount, meter).outcome == Outcome::allowed;
  }

  void pass(Duration time) {
    now.steady += time;
    now.wall += time;
  }
  void step_wall_clock(Duration by) { now.wall += by; }

  /// Of the requests from now on.
  void as(std::vector<Label> of_requests) { labels = std::move(of_requests); }
  void as_user(std::string_view user) { as({{"user", user}}); }
  /// What the limit that tells most says to a request with the present labels.
  LimitReading met(MeterId meter = api_requests) { return peek(0, meter).reading; }
  /// Ends whatever time has ended.
  void let_end() {
    do {
      tenant.end_overdue(now, happenings);
    } while (tenant.next_expiry() && *tenant.next_expiry() <= now.steady);
  }
  void adopt(std::vector<Limit> limits) {
    tenant.adopt(plan_of(std::move(limits)), now, happenings);
  }

  [[nodiscard]] LimitReading reading(std::size_t slot = 0) const {
    return tenant.usage(now).at(slot).reading;
  }
  [[nodiscard]] Amount used(std::size_t slot = 0) const { return reading(slot).used; }
  [[nodiscard]] Amount held(std::size_t slot = 0) const { return reading(slot).held; }
  [[nodiscard]] TenantState state() const {
    TenantState state;
    tenant.snapshot(now, state);
    return state;
  }
  [[nodiscard]] std::vector<Counter> counters() const { return state().counters; }
  TenantState take_unsaved() {
    TenantState state;
    tenant.take_unsaved(now, state);
    return state;
  }
  TenantState take_unjournalled() {
    TenantState state;
    tenant.take_unjournalled(now, state);
    return state;
  }

  Now now;
  Tenant tenant;
  Happenings happenings;
  Effect effect = Effect::none;
  std::vector<Label> labels;
  Amount want;
  bool asks_why = false;  ///< Of the checks from now on.
};

}  // namespace sluice
