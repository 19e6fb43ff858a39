// SPDX-License-Identifier: Apache-2.0
// Goal    Uses of a resource are admitted, charged and counted exactly as its conditions, its grant
//         and the tenant's limits say together.
// Method  Random uses, in every mode, with reservations, restarts and changes of grants, against a
//         model that knows one limit, one pricing and no code of ours.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "tests/actors/tenant/sharing_desk.hpp"

namespace sluice {
namespace {

constexpr std::uint64_t limit_size = 60;
constexpr std::uint64_t units_most = 40;
constexpr std::uint64_t price_micros = 3;
constexpr std::uint64_t cost_most = 100;

/// One limit of `limit_size` a month, and a policy that bounds units and cost of a day.
struct UseModel {
  std::uint64_t used = 0;
  std::uint64_t held = 0;
  std::uint64_t uses = 0;   ///< In all.
  std::uint64_t units = 0;  ///< In all.
  std::uint64_t units_of_day = 0;
  std::int64_t day = 0;
  bool granted = true;
  std::uint64_t grant = 1;
  std::map<std::uint64_t, std::uint64_t> reservations;  ///< By id: what they hold.

  void go_to(WallTime at) {
    const std::int64_t now = at.time_since_epoch() / 24h;
    units_of_day = now > day ? 0 : units_of_day;
    day = std::max(day, now);
  }
  [[nodiscard]] bool shares(std::uint64_t more) const {
    const std::uint64_t all = units_of_day + held + more;  // Under whatever grants.
    return granted && all <= units_most && all * price_micros <= cost_most;
  }
  [[nodiscard]] bool fits(std::uint64_t more) const { return used + held + more <= limit_size; }
  void take(std::uint64_t amount, std::uint64_t use) {
    used += amount;
    uses += use;
    units += amount;
    units_of_day += amount;
  }
};

SharingPolicy bounded_policy() {
  SharingPolicy policy =
      shared_policy({condition(ConditionKind::usage_limit, ConditionOperator::lte, {"40"}),
                     condition(ConditionKind::cost_limit, ConditionOperator::lte, {"100"})});
  policy.pricing = {.kind = PricingKind::usage,
                    .period = BillingPeriod::day,
                    .meter = api_requests,
                    .price_micros = price_micros};
  return policy;
}

std::vector<Limit> one_limit() {
  return {window(limit_size, Period::never)};
}

/// What the tenant counted, with all that became history.
struct Tally {
  std::uint64_t uses = 0;
  std::uint64_t units = 0;
};

class UseWorld {
public:
  UseWorld() : desk_(one_limit()) { desk_.offer(bounded_policy()); }

  void step() {
    desk_.now.wall += Duration{*rc::gen::inRange<std::int64_t>(0, 3'600)} * 1'000'000'000;
    model_.go_to(desk_.now.wall);
    const auto amount = *rc::gen::inRange<std::uint64_t>(1, 25);
    switch (*rc::gen::inRange(0, 8)) {
      case 0:
        return check(Mode::normal, amount);
      case 1:
        return check(Mode::peek, amount);
      case 2:
        return best_effort(amount);
      case 3:
        return check(Mode::record, amount);
      case 4:
        return reserve(amount);
      case 5:
        return settle(amount);
      case 6:
        return restart();
      default:
        return change_grant();
    }
  }

  void compare() {
    Tally counted = closed_;
    for (const SharedHourRow& row : desk_.happenings.closed_shared) {
      counted.uses += row.hour.uses;
      counted.units += row.hour.units.raw();
    }
    if (const Shares* const shares = desk_.tenant.shares()) {
      shares->each([&](const Shares::Held& held) {
        counted.uses += held.count.open.uses;
        counted.units += held.count.open.units.raw();
      });
    }
    RC_ASSERT(counted.uses == model_.uses);
    RC_ASSERT(counted.units == model_.units);
    const auto usage = desk_.tenant.usage(desk_.now);
    RC_ASSERT(usage.at(0).reading.used == Amount{model_.used});
    RC_ASSERT(usage.at(0).reading.held == Amount{model_.held});
  }

private:
  void expect(const Decision& decision, bool shares, bool fits) {
    RC_ASSERT((decision.outcome == Outcome::access_denied) == !shares);
    RC_ASSERT((decision.outcome == Outcome::allowed) == (shares && fits));
  }
  void check(Mode mode, std::uint64_t amount) {
    const bool records = mode == Mode::record;
    const bool shares = records ? model_.granted : model_.shares(amount);
    const bool fits = records || model_.fits(amount);
    expect(desk_.use(amount, mode), shares, fits);
    if (shares && fits && mode != Mode::peek) {
      model_.take(amount, 1);
    }
  }
  void best_effort(std::uint64_t amount) {
    std::uint64_t most = amount;
    while (most > 0 && !(model_.shares(most) && model_.fits(most))) {
      --most;
    }
    const bool allowed = most > 0;
    const Decision decision = desk_.use(amount, Mode::best_effort);
    RC_ASSERT((decision.outcome == Outcome::allowed) == allowed);
    if (allowed) {
      RC_ASSERT(decision.granted == Amount{most});
      model_.take(most, 1);
    }
  }
  void reserve(std::uint64_t amount) {
    const std::uint64_t id = ++last_id_;
    const bool shares = model_.shares(amount);
    const bool fits = model_.fits(amount);
    expect(desk_.reserve_use(id, amount, 1000h), shares, fits);
    if (shares && fits) {
      model_.held += amount;
      model_.uses += 1;
      model_.reservations[id] = amount;
    }
  }
  void settle(std::uint64_t amount) {
    if (model_.reservations.empty()) {
      return;
    }
    const auto [id, reserved] = *model_.reservations.begin();
    model_.reservations.erase(id);
    model_.held -= reserved;
    if (*rc::gen::arbitrary<bool>()) {
      RC_ASSERT(desk_.commit(id, amount).outcome == Outcome::allowed);
      model_.take(amount, 0);
    } else {
      RC_ASSERT(desk_.cancel(id).outcome == Outcome::allowed);
    }
  }
  /// Everything comes back from what was stored; the clocks go on.
  void restart() {
    for (const SharedHourRow& row : desk_.happenings.closed_shared) {
      closed_.uses += row.hour.uses;
      closed_.units += row.hour.units.raw();
    }
    TenantState state;
    desk_.tenant.snapshot(desk_.now, state);
    const Now now = desk_.now;
    SharingDesk again(now.wall, plan_of(one_limit()), state);
    again.now = now;
    desk_ = std::move(again);
    desk_.offer(bounded_policy());
    hold();
  }
  void change_grant() {
    model_.granted = !model_.granted;
    if (model_.granted) {
      ++model_.grant;  // A new one each time, and no fresh start within the day.
    }
    hold();
  }
  void hold() {
    desk_.hold(model_.granted ? std::vector{sharing_grant(model_.grant)}
                              : std::vector<SharingGrant>{});
  }

  SharingDesk desk_;
  UseModel model_;
  Tally closed_;
  std::uint64_t last_id_ = 0;
};

}  // namespace

RC_GTEST_PROP(ShareUseProperty, IsCountedAndAdmittedAsAModelSays, ()) {
  UseWorld world;
  const auto steps = *rc::gen::inRange(1, 120);
  for (int step = 0; step < steps; ++step) {
    world.step();
    world.compare();
  }
}

}  // namespace sluice
