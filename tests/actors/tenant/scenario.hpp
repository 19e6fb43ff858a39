// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <ostream>
#include <vector>

namespace sluice {

/// More cases than the library draws by itself; what the caller set in RC_PARAMS goes first.
inline const int cases_chosen = setenv("RC_PARAMS", "max_success=1000", 0);

/// What happens to a tenant: time passes, the wall clock perhaps steps, a check is made.
struct Step {
  std::int64_t passed_ns = 0;
  std::int64_t wall_step_seconds = 0;
  std::vector<std::pair<int, std::uint64_t>> charges;  ///< Meter and amount.
  Mode mode = Mode::normal;

  [[nodiscard]] std::vector<Charge> list() const {
    std::vector<Charge> list;
    for (const auto& [meter, amount] : charges) {
      list.push_back({MeterId{static_cast<std::uint16_t>(meter)}, Amount{amount}});
    }
    return list;
  }
  void let_time_pass(Now& now) const {
    now.steady += Duration{passed_ns};
    now.wall += Duration{passed_ns} + std::chrono::seconds{wall_step_seconds};
  }
};

inline std::ostream& operator<<(std::ostream& out, const Step& step) {
  out << "+" << step.passed_ns << " ns, wall " << step.wall_step_seconds << " s, ";
  for (const auto& [meter, amount] : step.charges) {
    out << "meter " << meter << ": " << amount << " ";
  }
  return out << "mode " << static_cast<int>(step.mode) << "\n";
}

inline std::ostream& operator<<(std::ostream& out, const Limit& limit) {
  out << "meter " << limit.meter.raw() << " enforcement " << static_cast<int>(limit.enforcement)
      << (limit.shadow ? " shadow" : "");
  if (limit.soft_limit) {
    out << " soft " << limit.soft_limit->raw();
  }
  if (limit.overage) {
    out << " cap " << (limit.overage->cap ? limit.overage->cap->raw() : Amount::max_raw);
  }
  for (const std::string& label : limit.per) {
    out << " per " << label;
  }
  for (const Condition& condition : limit.when) {
    out << (condition.negated ? " unless " : " when ") << condition.label;
  }
  out << (limit.releases_on_expiry ? " releasing" : "");
  if (limit.instead) {
    out << " overridden until " << (limit.instead->expires_at - noon).count() << " ns after noon";
  }
  out << " ";
  if (const auto* sliding = std::get_if<SlidingRule>(&limit.rule)) {
    return out << "sliding " << sliding->size.raw() << " over " << sliding->span.count() << " ns\n";
  }
  if (const auto* rate = std::get_if<RateRule>(&limit.rule)) {
    return out << rate->amount.raw() << " per " << rate->per.count() << " ns, burst "
               << rate->burst.raw() << (rate->refill == Refill::interval ? " at once" : "") << "\n";
  }
  if (const auto* flight = std::get_if<ConcurrencyRule>(&limit.rule)) {
    return out << flight->size.raw() << " in flight\n";
  }
  const auto& window = std::get<WindowRule>(limit.rule);
  out << "window ";
  window.size ? out << window.size->raw() : out << "unlimited";
  return out << " period " << static_cast<int>(window.period) << "\n";
}

inline rc::Gen<Limit> any_rate() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<std::uint64_t>(1, 20),
                     rc::gen::element<std::int64_t>(1'000'000, 7'000'003, 1'000'000'000,
                                                    7'000'000'000, 60'000'000'000),
                     rc::gen::inRange<std::uint64_t>(1, 30), rc::gen::inRange(1, 3)),
      [](const auto& drawn) {
        const auto& [amount, per, burst, meter] = drawn;
        return rate(amount, Duration{per}, burst, MeterId{static_cast<std::uint16_t>(meter)});
      });
}

inline rc::Gen<Limit> any_window() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<std::uint64_t>(0, 30),
                     rc::gen::element(Period::minute, Period::hour, Period::day, Period::never),
                     rc::gen::weightedElement<bool>({{8, true}, {1, false}}),
                     rc::gen::inRange(1, 3)),
      [](const auto& drawn) {
        const auto& [size, period, bounded, meter] = drawn;
        const MeterId id{static_cast<std::uint16_t>(meter)};
        return bounded ? window(size, period, id) : unlimited(period, id);
      });
}

inline rc::Gen<Limit> any_sliding() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<std::uint64_t>(0, 30),
                     rc::gen::element<std::int64_t>(1'000'000, 1'000'000'007, 10'000'000'000,
                                                    3600'000'000'000),
                     rc::gen::inRange(1, 3)),
      [](const auto& drawn) {
        const auto& [size, span, meter] = drawn;
        return sliding(size, Duration{span}, MeterId{static_cast<std::uint16_t>(meter)});
      });
}

inline rc::Gen<Limit> any_throttle() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<std::uint64_t>(1, 30), rc::gen::inRange<std::uint64_t>(0, 30),
                     rc::gen::element(Period::minute, Period::hour, Period::day),
                     rc::gen::inRange(1, 3), rc::gen::inRange(0, 4)),
      [](const auto& drawn) {
        const auto& [size, soft, period, meter, terms] = drawn;
        const MeterId id{static_cast<std::uint16_t>(meter)};
        const Limit limit = throttling(window(size, period, id), soft % size);
        return terms == 0 ? priced(limit, 7, soft) : terms == 1 ? priced(limit, 7) : limit;
      });
}

inline rc::Gen<Limit> any_overage() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange<std::uint64_t>(0, 30), rc::gen::inRange<std::uint64_t>(0, 30),
                     rc::gen::element(Period::minute, Period::hour, Period::day, Period::never),
                     rc::gen::inRange(1, 3), rc::gen::inRange(0, 4)),
      [](const auto& drawn) {
        const auto& [size, cap, period, meter, kind] = drawn;
        const Limit limit = window(size, period, MeterId{static_cast<std::uint16_t>(meter)});
        return kind == 0   ? for_overage(limit, 3)
               : kind == 1 ? alerting(priced(limit, 3, cap))
                           : for_overage(limit, 3, cap);
      });
}

inline rc::Gen<Limit> any_limit() {
  return rc::gen::map(
      rc::gen::pair(rc::gen::oneOf(any_rate(), any_window(), any_sliding()),
                    rc::gen::weightedElement<bool>({{4, true}, {1, false}})),
      [](const auto& drawn) { return drawn.second ? drawn.first : alerting(drawn.first); });
}

/// Also those that throttle, are for overage, or only watch.
inline rc::Gen<Limit> any_limit_at_all() {
  return rc::gen::map(
      rc::gen::pair(rc::gen::weightedOneOf<Limit>(
                        {{2, any_limit()}, {1, any_throttle()}, {1, any_overage()}}),
                    rc::gen::weightedElement<bool>({{6, true}, {1, false}})),
      [](const auto& drawn) { return drawn.second ? drawn.first : shadow(drawn.first); });
}

inline rc::Gen<std::uint64_t> any_amount() {
  return rc::gen::weightedOneOf<std::uint64_t>(
      {{12, rc::gen::inRange<std::uint64_t>(0, 8)},
       {1, rc::gen::inRange<std::uint64_t>(Amount::max_raw - 3, Amount::max_raw + 1)}});
}

inline rc::Gen<Step> any_step() {
  return rc::gen::build<Step>(
      rc::gen::set(&Step::passed_ns, rc::gen::weightedOneOf<std::int64_t>(
                                         {{2, rc::gen::just<std::int64_t>(0)},
                                          {1, rc::gen::inRange<std::int64_t>(0, 3)},
                                          {4, rc::gen::inRange<std::int64_t>(0, 3'000'000'000)},
                                          {1, rc::gen::inRange<std::int64_t>(0, 60'000'000'000)}})),
      rc::gen::set(&Step::wall_step_seconds,
                   rc::gen::weightedOneOf<std::int64_t>(
                       {{8, rc::gen::just<std::int64_t>(0)},
                        {1, rc::gen::inRange<std::int64_t>(-120, 120)},
                        {1, rc::gen::inRange<std::int64_t>(-100'000, 100'000)}})),
      rc::gen::set(
          &Step::charges,
          rc::gen::resize(4, rc::gen::container<std::vector<std::pair<int, std::uint64_t>>>(
                                 rc::gen::pair(rc::gen::inRange(1, 4), any_amount())))),
      rc::gen::set(&Step::mode,
                   rc::gen::weightedElement<Mode>({{6, Mode::normal}, {1, Mode::peek}})));
}

inline rc::Gen<Step> any_step_in_any_mode() {
  return rc::gen::map(
      rc::gen::pair(any_step(), rc::gen::weightedElement<Mode>({{4, Mode::normal},
                                                                {1, Mode::peek},
                                                                {3, Mode::best_effort},
                                                                {1, Mode::record},
                                                                {2, Mode::release}})),
      [](const auto& drawn) {
        Step step = drawn.first;
        step.mode = drawn.second;
        if (step.mode == Mode::best_effort && step.charges.size() > 1) {
          step.charges.resize(1);
        }
        return step;
      });
}

inline rc::Gen<std::vector<Limit>> any_limits() {
  return rc::gen::resize(6, rc::gen::container<std::vector<Limit>>(any_limit()));
}
inline rc::Gen<std::vector<Step>> any_steps() {
  return rc::gen::scale(2, rc::gen::container<std::vector<Step>>(any_step()));
}
inline rc::Gen<std::vector<Limit>> any_limits_at_all() {
  return rc::gen::resize(6, rc::gen::container<std::vector<Limit>>(any_limit_at_all()));
}
inline rc::Gen<std::vector<Step>> any_steps_in_any_mode() {
  return rc::gen::scale(2, rc::gen::container<std::vector<Step>>(any_step_in_any_mode()));
}

}  // namespace sluice
