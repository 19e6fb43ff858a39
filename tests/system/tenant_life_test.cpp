// SPDX-License-Identifier: Apache-2.0
// Goal    Who may not spend is refused at once and everywhere, whatever happens to the server; and
//         time ends trials and retentions without anybody asking.
// Method  The real binary with several reactors, killed as a crash would; where time matters, on a
//         clock that only the test moves.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "protocol/client/leases.hpp"
#include "tests/support/kept_in.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

using std::chrono::hours;

constexpr int tenants_count = 24;  // So that every reactor owns some.

class TenantLife : public ::testing::TestWithParam<StoreKind> {
protected:
  void create_some() {
    for (int i = 0; i < tenants_count; ++i) {
      tenants.push_back(served.create("tenant-" + std::to_string(i),
                                      {window_limit("monthly", 100, Period::month)}));
      ASSERT_EQ(served.spend(tenants.back(), 1).decision.outcome, Outcome::allowed);
    }
  }
  void happen(const LifeEvent& event) {
    for (const TenantId tenant : tenants) {
      (void)must(served.administrator().change_life(tenant, std::nullopt, event));
    }
  }
  void expect_all(Outcome outcome) {
    for (const TenantId tenant : tenants) {
      EXPECT_EQ(served.spend(tenant, 1).decision.outcome, outcome);
      EXPECT_EQ(served.spend(tenant, 1, Mode::peek).decision.outcome, outcome);
    }
  }

  KeptIn store{GetParam()};
  Served served{store.with({"--reactors", "3"})};
  std::vector<TenantId> tenants;
};

TEST_P(TenantLife, ASuspensionHoldsFromTheNextCheckOnAndSurvivesAKill) {
  ASSERT_NO_FATAL_FAILURE(create_some());
  happen(Suspend{"unpaid"});
  expect_all(Outcome::suspended);
  served.crash();
  served.start();
  expect_all(Outcome::suspended);
  happen(Reactivate{});
  for (const TenantId tenant : tenants) {
    EXPECT_EQ(served.used(tenant), Amount{1}) << "nothing was charged meanwhile, and nothing lost";
    EXPECT_EQ(served.spend(tenant, 1).decision.outcome, Outcome::allowed);
  }
}

TEST_P(TenantLife, ADeactivatedTenantSettlesWhatItHadReservedAndIsThenPurged) {
  ASSERT_NO_FATAL_FAILURE(create_some());
  const TenantId tenant = tenants.front();
  const Charge charge{api_requests, Amount{10}};
  const auto of_reservation = [&](Mode mode) {
    return served.gateway()
        .check(Check{.tenant = tenant,
                     .charges = {&charge, 1},
                     .mode = mode,
                     .id = EntryId{1, 1},
                     .ttl = mode == Mode::commit ? Duration{} : std::chrono::minutes{5}})
        .decision.outcome;
  };
  ASSERT_EQ(of_reservation(Mode::reserve), Outcome::allowed);
  (void)must(served.administrator().change_life(tenant, std::nullopt, Deactivate{}));
  EXPECT_EQ(of_reservation(Mode::extend), Outcome::deactivated);
  served.crash();
  served.start();
  EXPECT_EQ(served.spend(tenant, 1).decision.outcome, Outcome::deactivated);
  EXPECT_EQ(of_reservation(Mode::commit), Outcome::allowed);
  EXPECT_EQ(served.used(tenant), Amount{11});
  (void)must(served.administrator().purge(tenant));
  EXPECT_EQ(served.spend(tenant, 1).decision.outcome, Outcome::unknown_tenant);
}

TEST_P(TenantLife, AClientThatLeasesStopsAndSettlesExactlyWhatItSpent) {
  const TenantId tenant = served.create("leased", {window_limit("all", 1'000'000, Period::never)});
  std::uint64_t allowed = 0;
  std::uint64_t by_lease = 0;
  {
    client::Leases leases{
        served.gateway(),
        {.slice_min = Amount{50}, .slice_max = Amount{1'000}, .ttl = std::chrono::seconds{20}}};
    const Charge charge{api_requests, Amount{1}};
    Outcome outcome = Outcome::allowed;
    while (outcome == Outcome::allowed) {
      const client::Answer answer = leases.check(Check{tenant, {&charge, 1}});
      outcome = answer.decision.outcome;
      allowed += outcome == Outcome::allowed ? 1U : 0U;
      by_lease += answer.by_lease ? 1U : 0U;
      if (allowed == 2'000) {
        (void)must(served.administrator().change_life(tenant, std::nullopt, Suspend{"unpaid"}));
      }
    }
    EXPECT_EQ(outcome, Outcome::suspended);
    EXPECT_LT(allowed, 2'000 + 2 * 1'000) << "no more than what was out";
  }
  EXPECT_GT(by_lease, 0U);
  EXPECT_EQ(served.used(tenant), Amount{allowed});
}

class TenantLifeInTime : public ::testing::TestWithParam<StoreKind> {
protected:
  TenantId create_on_trial(const std::string& slug) {
    TenantDefinition wish = draft(slug, {window_limit("monthly", 100, Period::month)});
    wish.life.trial_days = TrialDays{7};
    return must(served.administrator().create(wish)).id;
  }
  void pass(Duration time) { (void)must(served.administrator().advance_clock(time)); }
  /// Asks for it until the timer has come round.
  bool becomes(TenantId tenant, TenantStatus status) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (std::chrono::steady_clock::now() < deadline) {
      if (must(served.administrator().show(tenant)).life.status == status) {
        return true;
      }
      std::this_thread::yield();
    }
    return false;
  }

  KeptIn store{GetParam()};
  Served served{store.with({"--reactors", "2", "--simulated-time", "2026-03-01T12:00:00Z",
                            "--tenant-retention", "24h", "--payment-grace", "72h"})};
};

TEST_P(TenantLifeInTime, ATrialEndsByTheClockAloneForWhoIsAskedAndForWhoIsNot) {
  const TenantId asked = create_on_trial("asked");
  const TenantId silent = create_on_trial("silent");
  ASSERT_EQ(served.spend(asked, 1).decision.outcome, Outcome::allowed);
  pass(hours{7 * 24} - Duration{1});
  EXPECT_EQ(served.spend(asked, 1).decision.outcome, Outcome::allowed);
  pass(Duration{1});
  EXPECT_EQ(served.spend(asked, 1).decision.outcome, Outcome::suspended)
      << "at the instant, whether or not the timer has come round";
  ASSERT_TRUE(becomes(silent, TenantStatus::suspended));
  ASSERT_TRUE(becomes(asked, TenantStatus::suspended));
  const Lifecycle life = must(served.administrator().show(silent)).life;
  EXPECT_EQ(life.suspend_reason, "trial_expired");
  EXPECT_EQ(life.suspended_at, life.trial_ends_at);
}

TEST_P(TenantLifeInTime, ARetentionEndsByTheClockAloneAndFreesTheSlug) {
  const TenantId tenant = create_on_trial("fleeting");
  (void)must(served.administrator().change_life(tenant, std::nullopt, Deactivate{}));
  pass(hours{24});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (served.administrator().show(tenant).ok() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_EQ(served.administrator().show(tenant).fault().code, FaultCode::not_found);
  EXPECT_NE(create_on_trial("fleeting"), tenant);
}

TEST_P(TenantLifeInTime, AGraceSurvivesAKillAndEndsByTheClockAlone) {
  const auto window = window_limit("monthly", 100, Period::month);
  const TenantId late = served.create("late", {window});
  const TenantId paid = served.create("paid", {window});
  const auto report = [&](TenantId tenant, bool failed) {
    (void)must(served.administrator().report_payment(
        tenant, {.tenant = {}, .failed = failed, .reference = "invoice-7"}));
  };
  report(late, true);
  report(paid, true);
  const WallTime begun = must(served.administrator().show(late)).updated_at;
  EXPECT_EQ(suspends_at(must(served.administrator().show(late)).life), begun + hours{72});
  served.crash();
  served.start();
  report(paid, false);
  pass(hours{72});
  EXPECT_EQ(served.spend(late, 1).decision.outcome, Outcome::suspended);
  ASSERT_TRUE(becomes(late, TenantStatus::suspended));
  EXPECT_EQ(served.spend(paid, 1).decision.outcome, Outcome::allowed);
  const Lifecycle life = must(served.administrator().show(late)).life;
  EXPECT_EQ(life.suspend_reason, "payment_failed");
  EXPECT_EQ(life.suspended_at, begun + hours{72});
}

INSTANTIATE_TEST_SUITE_P(OnEachStore, TenantLife,
                         ::testing::Values(StoreKind::sqlite, StoreKind::postgres), name_of_store);
INSTANTIATE_TEST_SUITE_P(OnEachStore, TenantLifeInTime,
                         ::testing::Values(StoreKind::sqlite, StoreKind::postgres), name_of_store);

}  // namespace
}  // namespace sluice::test
