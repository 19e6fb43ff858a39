// SPDX-License-Identifier: Apache-2.0
// What an engine tells of the history of usage, and whom it alerts of it.
#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

using std::chrono::hours;

class EngineUsage : public EngineFixture {
protected:
  void SetUp() override {
    start(1, [](EngineOptions& options) {
      options.due_interval = 1ms;
      options.flush_interval = 1ms;
    });
    ASSERT_TRUE(create(draft(tenant(1), 1'000'000)).ok());
    ASSERT_TRUE(create(draft(tenant(2), 1'000'000)).ok());
  }
  void use(std::uint64_t amount, TenantId id = tenant(1)) {
    ASSERT_EQ(check(id, amount), Outcome::allowed);
  }
  /// Whether all of it is in the store soon.
  [[nodiscard]] bool stored(std::uint64_t sum) {
    return database.wait_until(
        [&] { return database.used(tenant(1), first_limit) == Amount{sum}; });
  }
  [[nodiscard]] std::size_t unusual_alerts() const {
    const auto alerts = database.alerts();
    return static_cast<std::size_t>(
        std::ranges::count(alerts, AlertKind::usage_unusual, &Alert::kind));
  }
  Result<TopTenants> top(TopQuery query) {
    return reply_of<TopTenants>(
        [=, this](auto reply) { engine->top_tenants(here, query, std::move(reply)); });
  }
};

TEST_F(EngineUsage, AlertsOfAnHourThatIsNotLikeThoseOfEarlierWeeks) {
  for (int week = 0; week < 4; ++week) {
    use(10);
    clock.advance(hours{7 * 24});
  }
  use(5'000);
  clock.advance(hours{1});
  EXPECT_TRUE(database.wait_until([&] { return unusual_alerts() == 1; }));
  use(10);
  clock.advance(hours{1});
  use(10);
  ASSERT_TRUE(stop().ok());
  EXPECT_EQ(unusual_alerts(), 1U) << "only that hour";
}

TEST_F(EngineUsage, AlertsOnceAlsoAfterAStart) {
  for (int week = 0; week < 4; ++week) {
    use(10);
    clock.advance(hours{7 * 24});
  }
  use(5'000);
  clock.advance(hours{1});
  ASSERT_TRUE(database.wait_until([&] { return unusual_alerts() == 1; }));
  ASSERT_TRUE(stop().ok());
  start(1, [](EngineOptions& options) { options.due_interval = 1ms; });
  clock.advance(hours{1});
  ASSERT_TRUE(stop().ok());
  EXPECT_EQ(unusual_alerts(), 1U);
}

TEST_F(EngineUsage, ForetellsByWhatIsInTheStore) {
  use(100);
  clock.advance(hours{1});
  use(100);
  ASSERT_TRUE(stored(200));
  const auto told = reply_of<Forecast>(
      [this](auto reply) { engine->forecast(here, tenant(1), std::move(reply)); });
  ASSERT_TRUE(told.ok()) << told.fault().context;
  ASSERT_EQ(told.value().limits.size(), 1U);
  EXPECT_NE(told.value().limits[0].basis, ForecastBasis::nothing);
  EXPECT_GT(told.value().limits[0].pace_per_hour, Amount{99});
  const auto nobody = reply_of<Forecast>(
      [this](auto reply) { engine->forecast(here, tenant(9), std::move(reply)); });
  EXPECT_EQ(nobody.fault().code, FaultCode::not_found);
}

TEST_F(EngineUsage, RanksTenants) {
  use(5);
  use(7, tenant(2));
  ASSERT_TRUE(stored(5));
  ASSERT_TRUE(stop().ok());
  start();
  const auto told = top({.by = TopBy::used, .meter = MeterId{1}});
  ASSERT_TRUE(told.ok()) << told.fault().context;
  ASSERT_EQ(told.value().tenants.size(), 2U);
  EXPECT_EQ(told.value().tenants[0].id, tenant(2));
  EXPECT_EQ(told.value().range.to - told.value().range.from, hours{30 * 24}) << "if none is said";
  EXPECT_EQ(top({.by = TopBy::used}).fault().code, FaultCode::invalid_argument);
}

TEST_F(EngineUsage, LetsNoTenantWaitBehindALongQuery) {
  ASSERT_TRUE(stop().ok());
  start(1, [](EngineOptions& options) { options.readers = 1; });
  database.hold_next_history();
  std::promise<Result<std::vector<UsagePoint>>> told;
  engine->loop(here).post([&] {
    engine->history(here, {.tenant = tenant(1)},
                    [&](Result<std::vector<UsagePoint>> points) { told.set_value(points); });
  });
  ASSERT_TRUE(database.holds_a_history());
  EXPECT_EQ(check(tenant(2)), Outcome::allowed) << "which has to be loaded";
  database.let_go_of_history();
  EXPECT_TRUE(wait(told.get_future()).ok());
}

TEST_F(EngineUsage, SaysThatTheStoreIsAway) {
  database.fail_reads(store_away);
  EXPECT_EQ(top({.by = TopBy::denied}).fault().code, FaultCode::unavailable);
  EXPECT_TRUE(listener.heard_failure("top_tenants"));
}

}  // namespace
}  // namespace sluice::testing
