// SPDX-License-Identifier: Apache-2.0
// Goal    What is said of the past is the least that can have been: no tenant with that limit would
//         have been refused less, and a model too simple to be wrong says the same.
// Method  RapidCheck draws a limit, a time zone and checks. The checks are asked of a real tenant
//         with the limit; only the sums of their buckets are shown to `WhatIf`, and to a model that
//         keeps every charge and looks through all of them each time.
// Replay  A failure prints RC_PARAMS; set it in the environment to run the same case again.
#include "actors/tenant/what_if.hpp"

#include "tests/actors/tenant/scenario.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace sluice {
namespace {

struct Asked {
  std::int64_t passed_ns = 0;  ///< Since the one before.
  std::uint64_t amount = 1;
};

std::ostream& operator<<(std::ostream& out, const Asked& asked) {
  return out << "+" << asked.passed_ns << " ns: " << asked.amount << "\n";
}

constexpr std::int64_t hour_ns = 3'600'000'000'000;

rc::Gen<std::vector<Asked>> any_checks() {
  return rc::gen::container<std::vector<Asked>>(rc::gen::build<Asked>(
      rc::gen::set(&Asked::passed_ns, rc::gen::weightedOneOf<std::int64_t>(
                                          {{2, rc::gen::inRange<std::int64_t>(0, 1'000'000'000)},
                                           {2, rc::gen::inRange<std::int64_t>(0, hour_ns / 60)},
                                           {2, rc::gen::inRange<std::int64_t>(0, hour_ns)},
                                           {1, rc::gen::inRange<std::int64_t>(0, 30 * hour_ns)}})),
      rc::gen::set(&Asked::amount, rc::gen::inRange<std::uint64_t>(1, 12))));
}

rc::Gen<Limit> any_long_sliding() {
  return rc::gen::map(
      rc::gen::pair(rc::gen::inRange<std::uint64_t>(0, 30),
                    rc::gen::element<std::int64_t>(hour_ns / 60, hour_ns / 40, hour_ns,
                                                   3 * hour_ns / 2, 24 * hour_ns, 31 * hour_ns)),
      [](const auto& drawn) { return sliding(drawn.first, Duration{drawn.second}); });
}

/// Slow enough to be outrun.
rc::Gen<Limit> any_slow_rate() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<std::uint64_t>(1, 6),
                     rc::gen::element<std::int64_t>(hour_ns / 60, hour_ns / 7, hour_ns,
                                                    24 * hour_ns, 31 * hour_ns),
                     rc::gen::inRange<std::uint64_t>(1, 12)),
      [](const auto& drawn) {
        const auto& [amount, per, burst] = drawn;
        return rate(amount, Duration{per}, burst);
      });
}

rc::Gen<Limit> any_slow_rate_by_interval() {
  return rc::gen::map(any_slow_rate(), by_interval);
}

bool can_be_judged(const Limit& limit, Granularity granularity) {
  WhatIfQuery query;
  query.limit = limit;
  query.granularity = granularity;
  query.to = WallTime{1h};
  return validate(query, default_meters()).ok();
}

/// A limit, a place and a time, and buckets that can judge it.
struct Case {
  Limit limit;
  std::string zone;
  Granularity granularity;
  WallTime start;

  static Case any(const rc::Gen<Limit>& limits) {
    Case drawn;
    drawn.granularity = *any_granularity();
    drawn.limit = *rc::gen::suchThat(
        limits, [&](const Limit& one) { return can_be_judged(one, drawn.granularity); });
    drawn.limit.meter = api_requests;
    drawn.zone = *rc::gen::element<std::string>("UTC", "Asia/Kathmandu", "Australia/Lord_Howe",
                                                "America/St_Johns", "Asia/Tokyo", "Pacific/Apia");
    drawn.start = noon + std::chrono::hours{*rc::gen::inRange(0, 24 * 366)};
    RC_LOG() << drawn.limit << drawn.zone << " by " << static_cast<int>(drawn.granularity)
             << " from " << (drawn.start - noon).count() << " ns after noon\n";
    return drawn;
  }
  static rc::Gen<Granularity> any_granularity() {
    return rc::gen::element(Granularity::minute, Granularity::hour, Granularity::day);
  }

  [[nodiscard]] TenantDefinition tenant() const { return definition({limit}, zone); }
  [[nodiscard]] WallTime bucket_of(WallTime at) const {
    return at - at.time_since_epoch() % length_of(granularity);
  }
};

/// The sums that history keeps.
std::map<WallTime, std::uint64_t> buckets_of(const Case& drawn, const std::vector<Asked>& checks) {
  std::map<WallTime, std::uint64_t> sums;
  WallTime now = drawn.start;
  for (const Asked& check : checks) {
    now += Duration{check.passed_ns};
    sums[drawn.bucket_of(now)] += check.amount;
  }
  return sums;
}

Hindsight in_hindsight(const Case& drawn, const std::map<WallTime, std::uint64_t>& buckets) {
  auto what_if = WhatIf::of(drawn.limit, drawn.tenant(), drawn.granularity).value();
  for (const auto& [start, used] : buckets) {
    what_if.add(start, Amount{used});
  }
  return what_if.found();
}

std::uint64_t refused_in_truth(const Case& drawn, const std::vector<Asked>& checks) {
  Desk desk{plan_of(drawn.tenant()), drawn.start};
  std::uint64_t refused = 0;
  for (const Asked& check : checks) {
    desk.pass(Duration{check.passed_ns});
    refused += desk.admits(check.amount) ? 0 : check.amount;
  }
  return refused;
}

rc::Gen<Limit> any_kind() {
  return rc::gen::oneOf(any_limit_at_all(), any_long_sliding(), any_slow_rate(),
                        any_slow_rate_by_interval(), any_window());
}

RC_GTEST_PROP(WhatIfProperty, NoTenantWouldHaveBeenRefusedLess, ()) {
  Case drawn = Case::any(any_kind());
  drawn.limit.shadow = false;
  const auto checks = *any_checks();
  const Hindsight found = in_hindsight(drawn, buckets_of(drawn, checks));
  RC_ASSERT(found.refused.raw() <= refused_in_truth(drawn, checks));
  RC_CLASSIFY(found.refused > Amount{});
}

RC_GTEST_PROP(WhatIfProperty, APeakIsAboveTheSizeWhereverSomethingIsRefused, ()) {
  Case drawn = Case::any(rc::gen::oneOf(any_long_sliding(), any_slow_rate(),
                                        any_slow_rate_by_interval(), any_window()));
  const Hindsight found = in_hindsight(drawn, buckets_of(drawn, *any_checks()));
  const auto* rate = std::get_if<RateRule>(&drawn.limit.rule);
  const auto* window = std::get_if<WindowRule>(&drawn.limit.rule);
  const Amount size = rate != nullptr     ? rate->burst
                      : window != nullptr ? window->size.value_or(Amount::max())
                                          : std::get<SlidingRule>(drawn.limit.rule).size;
  if (found.refused > Amount{}) {
    RC_ASSERT(found.peak > size);
  }
  if (drawn.zone == "UTC" && window != nullptr) {
    RC_ASSERT((found.peak > size) == (found.refused > Amount{}));
  }
}

/// Every unit that was admitted, and where.
struct Model {
  const Case& drawn;
  Calendar calendar = Calendar::of(drawn.zone, AnchorDay{1}).value();
  std::map<WallTime, std::uint64_t> admitted{};  ///< By window or span.

  [[nodiscard]] Window window_at(WallTime at) const {
    if (const auto* sliding = std::get_if<SlidingRule>(&drawn.limit.rule)) {
      const WallTime start = at - at.time_since_epoch() % sliding->span;
      return {start, start + sliding->span};
    }
    return calendar.window_at(std::get<WindowRule>(drawn.limit.rule).period, at);
  }
  /// What is taken at the last nanosecond before `at`.
  [[nodiscard]] std::uint64_t used_before(WallTime at) {
    const Window window = window_at(at - 1ns);
    const auto* sliding = std::get_if<SlidingRule>(&drawn.limit.rule);
    const std::uint64_t present = admitted[window.start];
    if (sliding == nullptr) {
      return present;
    }
    const auto span = static_cast<std::uint64_t>(sliding->span.count());
    const auto rest = static_cast<std::uint64_t>((window.end - at + 1ns).count());
    const std::uint64_t previous = admitted[window.start - sliding->span];
    return present + (previous * rest + span - 1) / span;
  }
  [[nodiscard]] std::uint64_t size() const {
    const auto* sliding = std::get_if<SlidingRule>(&drawn.limit.rule);
    return sliding != nullptr
               ? sliding->size.raw()
               : std::get<WindowRule>(drawn.limit.rule).size.value_or(Amount::max()).raw();
  }
  std::uint64_t refused_of(WallTime start, std::uint64_t used) {
    const WallTime end = start + length_of(drawn.granularity);
    for (WallTime at = start; at < end; at = window_at(at).end) {
      const WallTime until = std::min(end, window_at(at).end);
      const std::uint64_t before = used_before(until);
      const std::uint64_t taken = std::min(used, before < size() ? size() - before : 0);
      admitted[window_at(at).start] += taken;
      used -= taken;
    }
    return used;
  }
};

RC_GTEST_PROP(WhatIfProperty, AWindowIsJudgedAsByAModel, ()) {
  const Case drawn = Case::any(rc::gen::oneOf(any_long_sliding(), any_window()));
  const auto buckets = buckets_of(drawn, *any_checks());
  Model model{drawn};
  std::uint64_t refused = 0;
  for (const auto& [start, used] : buckets) {
    refused += model.refused_of(start, used);
  }
  RC_ASSERT(in_hindsight(drawn, buckets).refused.raw() == refused);
  RC_CLASSIFY(refused > 0);
}

RC_GTEST_PROP(WhatIfProperty, ARateIsJudgedAsByAModel, ()) {
  const Case drawn = Case::any(rc::gen::oneOf(any_rate(), any_slow_rate()));
  const auto buckets = buckets_of(drawn, *any_checks());
  const auto& rate = std::get<RateRule>(drawn.limit.rule);
  const auto per = static_cast<Parts>(rate.per.count());
  const auto in = [&](Duration time) { return Parts{rate.amount.raw()} * Parts(time.count()); };
  // What may come in within a bucket, in whole units.
  const Parts refill = (in(length_of(drawn.granularity)) + per - 1) / per * per;
  Parts owed = 0;
  std::uint64_t refused = 0;
  WallTime before = drawn.start - 48h;
  for (const auto& [start, used] : buckets) {
    owed -= std::min(owed, in(start - before));
    before = start;
    const Parts room = (rate.burst.raw() * per + refill - owed) / per;
    const Parts taken = std::min(room, Parts{used});
    owed += taken * per;
    refused += used - static_cast<std::uint64_t>(taken);
  }
  RC_ASSERT(in_hindsight(drawn, buckets).refused.raw() == refused);
  RC_CLASSIFY(refused > 0);
}

}  // namespace
}  // namespace sluice
