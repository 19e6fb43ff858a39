// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapidcheck.h>

#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/check.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/limit.hpp"
#include "actors/tenant/meter.hpp"
#include "actors/tenant/report.hpp"
#include "actors/tenant/tenant.hpp"
#include "actors/tenant/time.hpp"

namespace sluice::codec_test {

/// Arbitrary values of everything that crosses the wire. They need not make sense, only fit.

inline rc::Gen<Amount> amounts() {
  return rc::gen::map(
      rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(0, 1000),
                     rc::gen::inRange<std::uint64_t>(Amount::max_raw - 2, Amount::max_raw + 1)),
      [](std::uint64_t raw) { return Amount{raw}; });
}

inline rc::Gen<Duration> durations() {
  return rc::gen::map(amounts(),
                      [](Amount raw) { return Duration{static_cast<std::int64_t>(raw.raw())}; });
}

inline rc::Gen<WallTime> times() {
  return rc::gen::map(rc::gen::arbitrary<std::int64_t>(),
                      [](std::int64_t ns) { return WallTime{Duration{ns}}; });
}

template <class T>
rc::Gen<T> strong() {
  return rc::gen::map(rc::gen::arbitrary<std::decay_t<decltype(T{}.raw())>>(),
                      [](auto raw) { return T{raw}; });
}

template <class Enum>
rc::Gen<Enum> enums(Enum last) {
  return rc::gen::map(rc::gen::inRange(0, static_cast<int>(last) + 1),
                      [](int raw) { return static_cast<Enum>(raw); });
}

inline rc::Gen<std::string> texts() {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(
                          std::vector<std::string>{"a", "Z", "-", " ", "é", "日", "😀", "\n"})),
                      [](const std::vector<std::string>& letters) {
                        std::string text;
                        for (const std::string& letter : letters) {
                          text += letter;
                        }
                        return text;
                      });
}

inline rc::Gen<std::string> filled_texts() {
  return rc::gen::map(texts(), [](const std::string& text) { return "x" + text; });
}

inline rc::Gen<TenantId> ids() {
  return rc::gen::construct<TenantId>(rc::gen::arbitrary<std::uint64_t>(),
                                      rc::gen::nonZero<std::uint64_t>());
}

inline rc::Gen<Rule> rules() {
  const auto window = rc::gen::construct<WindowRule>(
      rc::gen::apply(
          [](bool bounded, Amount size) { return bounded ? std::optional(size) : std::nullopt; },
          rc::gen::arbitrary<bool>(), amounts()),
      enums(Period::never));
  const auto rate =
      rc::gen::construct<RateRule>(amounts(), durations(), amounts(), enums(Refill::interval));
  const auto sliding = rc::gen::construct<SlidingRule>(amounts(), durations());
  const auto concurrency = rc::gen::construct<ConcurrencyRule>(amounts(), durations());
  const auto credit = rc::gen::construct<CreditRule>(enums(Period::never));
  return rc::gen::oneOf(rc::gen::cast<Rule>(window), rc::gen::cast<Rule>(rate),
                        rc::gen::cast<Rule>(sliding), rc::gen::cast<Rule>(concurrency),
                        rc::gen::cast<Rule>(credit));
}

inline std::optional<Amount> maybe_amount() {
  return *rc::gen::arbitrary<bool>() ? std::optional(*amounts()) : std::nullopt;
}

/// Millionths of a currency.
inline rc::Gen<std::uint64_t> prices() {
  return rc::gen::map(amounts(), [](Amount price) { return price.raw(); });
}

inline std::optional<OverageTerms> maybe_overage() {
  if (*rc::gen::arbitrary<bool>()) {
    return std::nullopt;
  }
  return OverageTerms{*prices(), *amounts(), maybe_amount()};
}

/// As a decoder of checks lets them pass.
inline rc::Gen<std::vector<OwnedLabel>> label_lists() {
  return rc::gen::exec([] {
    std::vector<OwnedLabel> labels;
    const auto count = *rc::gen::inRange<std::size_t>(0, labels_per_check_max + 1);
    for (std::size_t i = 0; i < count; ++i) {
      labels.push_back(
          {"label-" + std::to_string(i),
           std::string(*rc::gen::inRange<std::size_t>(1, label_value_bytes_max), 'v')});
    }
    return labels;
  });
}

inline std::vector<std::string> few_texts(std::size_t most) {
  return *rc::gen::container<std::vector<std::string>>(*rc::gen::inRange<std::size_t>(0, most + 1),
                                                       texts());
}

inline std::vector<Condition> some_conditions() {
  std::vector<Condition> conditions(
      *rc::gen::inRange<std::size_t>(0, conditions_per_limit_max + 1));
  for (Condition& condition : conditions) {
    condition = {*texts(), *rc::gen::arbitrary<bool>(), few_texts(3)};
  }
  return conditions;
}

inline std::optional<Override> maybe_override() {
  if (*rc::gen::arbitrary<bool>()) {
    return std::nullopt;
  }
  return Override{*rules(), maybe_amount(), WallTime{*durations()}, *texts(), *texts()};
}

/// Of buckets; mostly whole ones.
inline rc::Gen<PartRef> parts() {
  return rc::gen::exec([] {
    return *rc::gen::inRange(0, 3) > 0 ? PartRef{}
                                       : PartRef{{*texts(), *texts(), *rc::gen::arbitrary<bool>()}};
  });
}

inline rc::Gen<Limit> limits() {
  return rc::gen::exec([] {
    Limit limit;
    limit.id = *strong<LimitId>();
    limit.name = *texts();
    limit.meter = *strong<MeterId>();
    limit.rule = *rules();
    limit.enforcement = *enums(Enforcement::overage);
    limit.shadow = *rc::gen::arbitrary<bool>();
    limit.soft_limit = maybe_amount();
    limit.overage = maybe_overage();
    limit.thresholds = *rc::gen::container<std::vector<Percent>>(
        *rc::gen::inRange<std::size_t>(0, thresholds_per_limit_max + 1), strong<Percent>());
    limit.per = few_texts(labels_per_limit_max);
    limit.when = some_conditions();
    limit.releases_on_expiry = *rc::gen::arbitrary<bool>();
    limit.history_by = few_texts(history_labels_max);
    limit.instead = maybe_override();
    return limit;
  });
}

inline rc::Gen<std::vector<Limit>> limit_lists() {
  return rc::gen::exec([] {
    return *rc::gen::container<std::vector<Limit>>(*rc::gen::inRange<std::size_t>(0, 6), limits());
  });
}

/// The last instant there is means that there is none.
inline std::optional<WallTime> maybe_time() {
  const WallTime time{*durations()};
  return time == wall_time_never ? std::nullopt : std::optional{time};
}

/// A draft has no times, version or last id; a tenant has.
inline rc::Gen<TenantDefinition> drafts() {
  return rc::gen::exec([] {
    TenantDefinition draft;
    draft.id = *ids();
    draft.name = *filled_texts();
    draft.slug = *filled_texts();
    draft.tier = *filled_texts();
    draft.timezone = *filled_texts();
    draft.billing_anchor_day = AnchorDay{static_cast<std::uint8_t>(*rc::gen::inRange<int>(1, 256))};
    draft.limits = *limit_lists();
    draft.life.trial_days = *strong<TrialDays>();
    draft.region = *texts();
    draft.currency = *filled_texts();
    draft.settings = *filled_texts();
    draft.placement = {*enums(Isolation::dedicated_instance), *texts()};
    draft.billing = {*texts(), *texts(), *texts(), *texts()};
    return draft;
  });
}

inline rc::Gen<TenantDefinition> tenants() {
  return rc::gen::exec([] {
    TenantDefinition tenant = *drafts();
    tenant.created_at = *times();
    tenant.updated_at = *times();
    tenant.version = *strong<Version>();
    tenant.life.status = *enums(TenantStatus::deactivated);
    tenant.life.trial_ends_at = maybe_time();
    tenant.life.suspended_at = maybe_time();
    tenant.life.suspend_reason = *texts();
    tenant.life.deactivated_at = maybe_time();
    tenant.life.purge_at = maybe_time();
    if (*rc::gen::arbitrary<bool>()) {
      tenant.life.unpaid = {{*texts(), *times()}, {*texts(), *times()}};
    }
    return tenant;
  });
}

inline rc::Gen<EntryId> entry_ids() {
  return rc::gen::construct<EntryId>(rc::gen::arbitrary<std::uint64_t>(),
                                     rc::gen::nonZero<std::uint64_t>());
}

inline rc::Gen<Duration> ttls() {
  return rc::gen::map(rc::gen::inRange<std::int64_t>(ttl_min.count(), ttl_max.count() + 1),
                      [](std::int64_t ns) { return Duration{ns}; });
}

/// From none to as many as a tenant may have limits.
inline rc::Gen<ShadowVerdicts> shadow_verdicts() {
  return rc::gen::exec([] {
    ShadowVerdicts verdicts;
    for (auto left = *rc::gen::inRange<std::size_t>(0, limits_per_tenant_max + 1); left > 0;
         --left) {
      verdicts.add(*strong<LimitId>());
    }
    return verdicts;
  });
}

inline rc::Gen<Decision> decisions() {
  return rc::gen::exec([] {
    Decision decision;
    decision.outcome = *enums(Outcome::access_denied);
    decision.soft_limit_passed = *rc::gen::arbitrary<bool>();
    decision.has_reading = *rc::gen::arbitrary<bool>();
    if (decision.has_reading) {
      decision.reading = LimitReading{LimitId{*rc::gen::nonZero<std::uint32_t>()},
                                      *strong<MeterId>(),
                                      maybe_amount(),
                                      *amounts(),
                                      *amounts(),
                                      *amounts(),
                                      *times()};
    }
    decision.granted = *amounts();
    if (*rc::gen::arbitrary<bool>()) {
      decision.overage = *amounts();
      decision.price_micros = *prices();
      decision.would_deny = *shadow_verdicts();
      decision.repeated = *rc::gen::arbitrary<bool>();
      decision.overrun = *rc::gen::arbitrary<bool>();
      decision.id = *strong<DecisionId>();
    }
    if (*rc::gen::arbitrary<bool>()) {
      decision.sharing = *enums(share_verdict_last);
      // Only of a use there is a cost.
      decision.use_cost_micros = decision.sharing == ShareVerdict::none ? 0 : *prices();
    }
    if (*rc::gen::arbitrary<bool>()) {
      decision.retry_after = *durations();
    }
    return decision;
  });
}

}  // namespace sluice::codec_test
