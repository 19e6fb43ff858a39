// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/lifecycle.hpp"
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sluice {
namespace {

using std::chrono::hours;
constexpr hours day{24};

Lifecycle done(const Lifecycle& life, const LifeEvent& event, WallTime now = noon) {
  return after(life, event, now).value();
}

/// A life of each status. The trial runs for a week.
Lifecycle life_of(TenantStatus status) {
  const Lifecycle trial = begin_life(TrialDays{7}, noon);
  const Lifecycle active = begin_life(TrialDays{0}, noon);
  switch (status) {
    case TenantStatus::trial:
      return trial;
    case TenantStatus::active:
      return active;
    case TenantStatus::suspended:
      return done(active, Suspend{"unpaid"});
    case TenantStatus::deactivated:
      return done(active, Deactivate{});
  }
  return {};
}

constexpr std::array statuses{TenantStatus::trial, TenantStatus::active, TenantStatus::suspended,
                              TenantStatus::deactivated};

TEST(LifecycleSpec, BeginsOnTrialOrActive) {
  const Lifecycle trial = begin_life(TrialDays{14}, noon);
  EXPECT_EQ(trial.status, TenantStatus::trial);
  EXPECT_EQ(trial.trial_ends_at, noon + 14 * day);
  EXPECT_EQ(begin_life(TrialDays{0}, noon), Lifecycle{});
}

TEST(LifecycleSpec, GoesFromEveryStatusByEveryEventWhereTheTableSaysAndNowhereElse) {
  struct Case {
    const char* name;
    LifeEvent event;
    std::map<TenantStatus, TenantStatus> leads;
  };
  using enum TenantStatus;
  const std::vector<Case> table{
      {"convert", Convert{}, {{trial, active}}},
      {"suspend", Suspend{"unpaid"}, {{trial, suspended}, {active, suspended}}},
      {"reactivate", Reactivate{}, {{suspended, active}}},
      {"deactivate",
       Deactivate{},
       {{trial, deactivated}, {active, deactivated}, {suspended, deactivated}}},
      {"restore", Restore{}, {{deactivated, suspended}}},
      {"end of trial", EndTrial{}, {}}};
  for (const Case& one : table) {
    for (const TenantStatus from : statuses) {
      const auto result = after(life_of(from), one.event, noon + 1h);
      const auto leads = one.leads.find(from);
      EXPECT_EQ(result.ok(), leads != one.leads.end()) << one.name << " from " << name_of(from);
      if (result.ok()) {
        EXPECT_EQ(result.value().status, leads->second) << one.name << " from " << name_of(from);
      } else {
        EXPECT_EQ(result.fault().code, FaultCode::conflict);
      }
    }
  }
}

TEST(LifecycleSpec, ARefusalNamesTheStatus) {
  EXPECT_EQ(after(life_of(TenantStatus::suspended), Suspend{"again"}, noon).fault(),
            (Fault{FaultCode::conflict, "status: a suspended tenant cannot be suspended"}));
  EXPECT_EQ(after(life_of(TenantStatus::active), Convert{}, noon).fault().context,
            "status: an active tenant cannot be converted");
}

TEST(LifecycleSpec, ASuspensionSaysWhenAndWhy) {
  const Lifecycle life = done(life_of(TenantStatus::active), Suspend{"unpaid"}, noon + 1h);
  EXPECT_EQ(life.suspended_at, noon + 1h);
  EXPECT_EQ(life.suspend_reason, "unpaid");
  const Lifecycle again = done(life, Reactivate{}, noon + 2h);
  EXPECT_EQ(again, Lifecycle{}) << "nothing of it is left";
}

TEST(LifecycleSpec, ASuspensionNeedsAReasonThatCanBeRead) {
  for (const std::string& reason : {std::string{}, std::string(201, 'x'), std::string{"a\nb"}}) {
    const auto result = after(life_of(TenantStatus::active), Suspend{reason}, noon);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.fault().code, FaultCode::invalid_argument);
    EXPECT_TRUE(result.fault().context.starts_with("reason: ")) << result.fault().context;
  }
}

TEST(LifecycleSpec, ATrialEndsAtItsInstantAndNotBefore) {
  const Lifecycle trial = begin_life(TrialDays{7}, noon);
  const WallTime end = noon + 7 * day;
  EXPECT_EQ(due_at(trial), end);
  EXPECT_FALSE(after(trial, EndTrial{}, end - Duration{1}).ok());
  const Lifecycle over = done(trial, EndTrial{}, end + 3h);
  EXPECT_EQ(over.status, TenantStatus::suspended);
  EXPECT_EQ(over.suspended_at, end) << "however late it was noticed";
  EXPECT_EQ(over.suspend_reason, "trial_expired");
}

TEST(LifecycleSpec, ATrialWhoseEndNobodyNoticedIsOverAllTheSame) {
  const Lifecycle trial = begin_life(TrialDays{7}, noon);
  const WallTime late = noon + 8 * day;
  EXPECT_EQ(after(trial, Convert{}, late).fault().context,
            "status: a suspended tenant cannot be converted");
  EXPECT_EQ(done(trial, Reactivate{}, late).status, TenantStatus::active);
}

TEST(LifecycleSpec, AConvertedTrialStaysActiveWhenItsEndPasses) {
  const Lifecycle active = done(begin_life(TrialDays{7}, noon), Convert{});
  EXPECT_EQ(due_at(active), std::nullopt);
  const Lifecycle suspended = done(active, Suspend{"unpaid"});
  EXPECT_EQ(done(suspended, Reactivate{}).status, TenantStatus::active);
}

TEST(LifecycleSpec, ASuspendedTrialGoesOnWhileItStillRuns) {
  const Lifecycle suspended = done(begin_life(TrialDays{7}, noon), Suspend{"odd"}, noon + 1h);
  EXPECT_EQ(due_at(suspended), std::nullopt) << "nothing ends meanwhile";
  const Lifecycle trial = done(suspended, Reactivate{}, noon + day);
  EXPECT_EQ(trial.status, TenantStatus::trial);
  EXPECT_EQ(due_at(trial), noon + 7 * day);
  EXPECT_EQ(done(suspended, Reactivate{}, noon + 7 * day).status, TenantStatus::active);
}

TEST(LifecycleSpec, ADeactivatedTenantIsKeptForTheRetentionAndThenPurged) {
  const Lifecycle gone = done(life_of(TenantStatus::active), Deactivate{.retention = 30 * day});
  EXPECT_EQ(gone.deactivated_at, noon);
  EXPECT_EQ(due_at(gone), noon + 30 * day);
  EXPECT_EQ(due(gone, noon + 30 * day - Duration{1}), Due::nothing);
  EXPECT_EQ(due(gone, noon + 30 * day), Due::purge);
  EXPECT_TRUE(after(gone, Restore{}, noon + 30 * day - Duration{1}).ok());
  EXPECT_EQ(after(gone, Restore{}, noon + 30 * day).fault().code, FaultCode::conflict);
}

TEST(LifecycleSpec, ARestoredTenantIsSuspendedAsItWasOrBecauseItWasRestored) {
  const Lifecycle unpaid = life_of(TenantStatus::suspended);
  EXPECT_EQ(done(done(unpaid, Deactivate{}), Restore{}, noon + day), unpaid);
  const Lifecycle other = done(life_of(TenantStatus::deactivated), Restore{}, noon + day);
  EXPECT_EQ(other.suspended_at, noon + day);
  EXPECT_EQ(other.suspend_reason, "restored");
  EXPECT_EQ(other.deactivated_at, std::nullopt);
  EXPECT_EQ(due_at(other), std::nullopt);
}

TEST(LifecycleSpec, OnlyADeactivatedTenantMayBePurged) {
  for (const TenantStatus status : statuses) {
    EXPECT_EQ(may_purge(life_of(status)).ok(), status == TenantStatus::deactivated);
  }
  EXPECT_EQ(may_purge(life_of(TenantStatus::trial)).fault().code, FaultCode::conflict);
}

TEST(LifecycleSpec, EndsWithTimeItself) {
  const WallTime late = WallTime::max() - 1h;
  EXPECT_EQ(begin_life(TrialDays{365}, late).trial_ends_at, WallTime::max());
  EXPECT_EQ(done(begin_life(TrialDays{0}, late), Deactivate{}, late).purge_at, WallTime::max());
}

}  // namespace
}  // namespace sluice
