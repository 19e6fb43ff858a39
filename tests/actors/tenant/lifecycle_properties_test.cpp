// SPDX-License-Identifier: Apache-2.0
// Goal    Whatever happens to a tenant in whatever order, it is where the table of the
//         specification says, and a check is answered accordingly.
// Method  RapidCheck draws events and pauses; a life is compared with `NaiveLife`, which knows its
//         status and two instants, after each of them.
// Replay  A failure prints RC_PARAMS; set it in the environment to run the same case again.
#include "actors/tenant/lifecycle.hpp"
#include "actors/tenant/standing.hpp"
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace sluice {
namespace {

constexpr std::int64_t retention_hours = 48;

/// The table, row by row, in hours.
struct NaiveLife {
  std::string status;
  bool converted = false;
  std::int64_t trial_end = 0;
  std::int64_t purge = 0;

  void pass_until(std::int64_t now) {
    if (status == "trial" && now >= trial_end) {
      status = "suspended";
    }
  }
  /// Whether it is allowed.
  bool happen(const std::string& event, std::int64_t now) {
    if (event == "convert" && status == "trial") {
      status = "active";
      converted = true;
    } else if (event == "suspend" && (status == "trial" || status == "active")) {
      status = "suspended";
    } else if (event == "reactivate" && status == "suspended") {
      const bool runs = !converted && now < trial_end;
      status = runs ? "trial" : "active";
      converted = converted || !runs;
    } else if (event == "deactivate" && status != "deactivated") {
      status = "deactivated";
      purge = now + retention_hours;
    } else if (event == "restore" && status == "deactivated" && now < purge) {
      status = "suspended";
    } else {
      return false;
    }
    return true;
  }
};

LifeEvent event_named(const std::string& name) {
  if (name == "convert") {
    return Convert{};
  }
  if (name == "suspend") {
    return Suspend{"why not"};
  }
  if (name == "reactivate") {
    return Reactivate{};
  }
  if (name == "deactivate") {
    return Deactivate{std::chrono::hours{retention_hours}};
  }
  return Restore{};
}

RC_GTEST_PROP(LifecycleProperties, IsWhereTheTableSays, ()) {
  const auto trial_days = *rc::gen::inRange<std::uint16_t>(0, 4);
  Lifecycle life = begin_life(TrialDays{trial_days}, noon);
  NaiveLife naive{.status = trial_days > 0 ? "trial" : "active",
                  .converted = trial_days == 0,
                  .trial_end = 24 * trial_days};
  const auto steps = *rc::gen::container<std::vector<std::pair<int, std::string>>>(rc::gen::pair(
      rc::gen::inRange(0, 30), rc::gen::element<std::string>("convert", "suspend", "reactivate",
                                                             "deactivate", "restore", "time")));
  std::int64_t hours = 0;
  for (const auto& [pause, event] : steps) {
    hours += pause;
    const WallTime now = noon + std::chrono::hours{hours};
    naive.pass_until(hours);
    // Whether or not the timer has run, what a check is told is right.
    RC_ASSERT(Standing{life}.may_spend(now) ==
              (naive.status == "trial" || naive.status == "active"));
    if (event == "time") {
      const auto ended = after(life, EndTrial{}, now);
      life = ended.ok() ? ended.value() : life;
      RC_ASSERT(name_of(life.status) == naive.status);
      RC_ASSERT((due(life, now) == Due::purge) ==
                (naive.status == "deactivated" && hours >= naive.purge));
      continue;
    }
    const Lifecycle before = life;
    const auto result = after(life, event_named(event), now);
    RC_ASSERT(result.ok() == naive.happen(event, hours));
    if (result.ok()) {
      life = result.value();
      RC_ASSERT(name_of(life.status) == naive.status);
      RC_ASSERT((life.status == TenantStatus::deactivated) == life.purge_at.has_value());
    } else {
      RC_ASSERT(result.fault().code == FaultCode::conflict);
    }
  }
}

}  // namespace
}  // namespace sluice
