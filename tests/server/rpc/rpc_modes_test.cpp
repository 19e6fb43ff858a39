// SPDX-License-Identifier: Apache-2.0
// What checks of every mode, on limits of every kind, come back with over the wire.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/server/rpc/rpc_server_fixture.hpp"

namespace sluice::testing {
namespace {

constexpr MeterId tokens{2};

Limit daily(std::uint64_t size, Enforcement enforcement) {
  Limit limit = total(size);
  limit.name = "daily";
  limit.rule = WindowRule{Amount{size}, Period::day};
  limit.enforcement = enforcement;
  return limit;
}

class GatewayModes : public RpcServerFixture {
protected:
  /// Serves one tenant that has these limits.
  void serve_limits(std::vector<Limit> limits) {
    TenantRecord stored = record(tenant(1), 1);
    stored.counters.clear();
    for (std::uint32_t i = 0; i < limits.size(); ++i) {
      limits[i].id = LimitId{i + 1};
    }
    stored.definition.limits = std::move(limits);
    stored.definition.last_limit_id =
        LimitId{static_cast<std::uint32_t>(stored.definition.limits.size())};
    database.put(stored);
    serve();
    peer.emplace(port());
    entered = peer->enter();
  }

  /// The answer on the wire; good until the next one.
  wire::Decision::Reader ask(const std::vector<Charge>& charges, Mode mode) {
    auto gateway = entered->answer().getWelcome().getGateway();
    auto request = gateway.checkRequest();
    encode_check(Check{tenant(1), charges, mode}, request.initChecks(1)[0]);
    asked = peer->ask(kj::mv(request));
    return asked->answer().getDecisions()[0];
  }
  Decision decide(std::uint64_t amount, Mode mode = Mode::normal) {
    return decode_decision(ask({Charge{requests, Amount{amount}}}, mode)).value();
  }

  std::optional<RpcPeer> peer;
  std::unique_ptr<Asked<wire::Front::EnterResults>> entered;
  std::unique_ptr<Asked<wire::Gateway::CheckResults>> asked;
};

TEST_F(GatewayModes, BestEffortSaysHowMuchItTook) {
  serve_limits({daily(10, Enforcement::block)});
  const Decision some = decide(25, Mode::best_effort);
  EXPECT_EQ(some.outcome, Outcome::allowed);
  EXPECT_EQ(some.granted, Amount{10});
  const Decision none = decide(1, Mode::best_effort);
  EXPECT_EQ(none.outcome, Outcome::denied);
  EXPECT_EQ(none.granted, Amount{0});
}

TEST_F(GatewayModes, BestEffortOfTwoChargesIsInvalidWithTheTenantsReason) {
  serve_limits({daily(10, Enforcement::block)});
  const auto decision =
      ask({Charge{requests, Amount{1}}, Charge{tokens, Amount{1}}}, Mode::best_effort);
  EXPECT_EQ(decision.getOutcome(), wire::Outcome::INVALID);
  EXPECT_EQ(decode_problem(decision).value(), "charges: best effort takes exactly one");
  EXPECT_EQ(used(tenant(1)), Amount{0});
}

TEST_F(GatewayModes, RecordCountsPastTheLimitAndIsNeverRefused) {
  serve_limits({daily(10, Enforcement::block)});
  const Decision recorded = decide(25, Mode::record);
  EXPECT_EQ(recorded.outcome, Outcome::allowed);
  EXPECT_EQ(recorded.reading.used, Amount{25});
  EXPECT_EQ(recorded.overage, Amount{15});
}

TEST_F(GatewayModes, ReleaseGivesBackToAGaugeAndSaysHowMuch) {
  serve_limits({total(10)});
  decide(4);
  EXPECT_EQ(decide(3, Mode::release).granted, Amount{3});
  EXPECT_EQ(decide(3, Mode::release).granted, Amount{1}) << "it had no more";
  EXPECT_EQ(used(tenant(1)), Amount{0});
}

TEST_F(GatewayModes, ReleaseOfWhatIsNoGaugeIsInvalidWithTheTenantsReason) {
  serve_limits({daily(10, Enforcement::block)});
  const auto decision = ask({Charge{requests, Amount{1}}}, Mode::release);
  EXPECT_EQ(decision.getOutcome(), wire::Outcome::INVALID);
  EXPECT_EQ(decode_problem(decision).value(),
            "mode: only a meter with a gauge (a window that never ends) can be released");
}

TEST_F(GatewayModes, AThrottledCheckSaysWhenItsTurnIsAndIsCountedByItself) {
  Limit even = daily(100, Enforcement::throttle);
  even.soft_limit = Amount{50};
  serve_limits({even});
  EXPECT_EQ(decide(60).outcome, Outcome::allowed);
  const Decision early = decide(10);
  EXPECT_EQ(early.outcome, Outcome::throttled);
  EXPECT_GT(early.retry_after.value_or(Duration{}), Duration{0});
  EXPECT_EQ(early.reading.used, Amount{60});
  const ReactorStatus reactor = status().at(0);
  EXPECT_EQ(reactor.decided[Outcome::allowed], 1U);
  EXPECT_EQ(reactor.decided[Outcome::throttled], 1U);
  EXPECT_EQ(reactor.decided[Outcome::denied], 0U);
  EXPECT_EQ(reactor.decided.others(), 0U);
}

TEST_F(GatewayModes, OverageIsAdmittedAndPricedUpToItsCap) {
  Limit priced = daily(10, Enforcement::overage);
  priced.overage = OverageTerms{150'000, Amount{10}, Amount{20}};
  serve_limits({priced});
  EXPECT_FALSE(ask({Charge{requests, Amount{10}}}, Mode::normal).hasNotes())
      << "what is rare takes no room when it is not there";
  const Decision above = decide(5);
  EXPECT_EQ(above.outcome, Outcome::allowed);
  EXPECT_EQ(above.overage, Amount{5});
  EXPECT_EQ(above.price_micros, 75'000U);
  EXPECT_EQ(decide(16).outcome, Outcome::denied);
  const LimitUsage usage = this->usage(tenant(1)).value().limits.at(0);
  EXPECT_EQ(usage.over, Amount{5});
  EXPECT_EQ(usage.price_micros, 75'000U);
}

TEST_F(GatewayModes, AShadowIsToldOfAndInNobodysWay) {
  Limit shadow = daily(1, Enforcement::block);
  shadow.name = "trial";
  shadow.shadow = true;
  serve_limits({daily(10, Enforcement::block), shadow});
  const Decision decision = decide(5);
  EXPECT_EQ(decision.outcome, Outcome::allowed);
  EXPECT_EQ(decision.reading.limit, LimitId{1});
  ASSERT_EQ(decision.would_deny.count, 1U);
  EXPECT_EQ(decision.would_deny.told().front(), LimitId{2});
}

TEST_F(GatewayModes, ASlidingWindowDenies) {
  Limit smooth = total(10);
  smooth.rule = SlidingRule{Amount{10}, 60s};
  serve_limits({smooth});
  EXPECT_EQ(decide(10).outcome, Outcome::allowed);
  const Decision denied = decide(1);
  EXPECT_EQ(denied.outcome, Outcome::denied);
  EXPECT_EQ(denied.reading.size, Amount{10});
  EXPECT_TRUE(denied.retry_after.has_value());
}

}  // namespace
}  // namespace sluice::testing
