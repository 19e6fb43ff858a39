// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/definition.hpp"
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

const WallTime soon = noon + 10min;

WindowRule daily(std::uint64_t size) {
  return WindowRule{Amount{size}, Period::day};
}

TEST(OverrideSpec, HoldsInsteadOfTheRuleUntilItExpires) {
  Desk desk{{overridden(window(10, Period::day), daily(100), soon)}};
  EXPECT_EQ(desk.reading().size, Amount{100});
  EXPECT_TRUE(desk.admits(60));
  desk.pass(10min - 1ns);
  EXPECT_TRUE(desk.admits(20));
  desk.pass(1ns);
  EXPECT_FALSE(desk.admits(1));
  EXPECT_EQ(desk.used(), Amount{80}) << "what is used stays";
  EXPECT_EQ(desk.reading().size, Amount{10});
}

TEST(OverrideSpec, EndsByTimeAlone) {
  Desk desk{{overridden(window(10, Period::day), daily(100), soon)}};
  desk.charge(7);
  desk.pass(10min - 1ns);
  EXPECT_EQ(desk.tenant.end_overdue(desk.now, desk.happenings), Effect::none);
  desk.pass(1ns);
  EXPECT_EQ(desk.tenant.end_overdue(desk.now, desk.happenings), Effect::charged);
  EXPECT_EQ(desk.reading().size, Amount{10});
  EXPECT_EQ(desk.used(), Amount{7});
  EXPECT_EQ(desk.reading().remaining, Amount{3});
  EXPECT_EQ(desk.tenant.end_overdue(desk.now, desk.happenings), Effect::none);
}

TEST(OverrideSpec, MayBeLessThanTheRule) {
  Desk desk{{overridden(window(10, Period::day), daily(2), soon)}};
  EXPECT_FALSE(desk.admits(3));
  desk.pass(10min);
  EXPECT_TRUE(desk.admits(3));
}

TEST(OverrideSpec, ThatNeverExpiresHoldsOn) {
  Desk desk{{overridden(window(10, Period::never), WindowRule{Amount{20}, Period::never},
                        wall_time_never)}};
  desk.pass(10 * 365 * 24h);
  EXPECT_TRUE(desk.admits(20));
}

TEST(OverrideSpec, BringsItsOwnSoftLimitAndTakesItAway) {
  Limit limit = with_soft_limit(overridden(window(10, Period::day), daily(100), soon), 5);
  Desk without{{limit}};
  EXPECT_FALSE(without.charge(6).soft_limit_passed);
  limit.instead->soft_limit = Amount{50};
  Desk desk{{limit}};
  EXPECT_FALSE(desk.charge(6).soft_limit_passed);
  EXPECT_TRUE(desk.charge(44).soft_limit_passed);
  desk.pass(10min);
  desk.let_end();
  EXPECT_TRUE(desk.peek(0).soft_limit_passed);
}

TEST(OverrideSpec, ThatEndAtDifferentTimesEndOneByOne) {
  Desk desk{{overridden(window(10, Period::day), daily(100), soon),
             overridden(window(20, Period::day), daily(200), soon + 5min),
             overridden(window(30, Period::day), daily(300), soon + 5min)}};
  const auto sizes = [&desk] {
    desk.let_end();
    return std::vector{desk.reading(0).size->raw(), desk.reading(1).size->raw(),
                       desk.reading(2).size->raw()};
  };
  EXPECT_EQ(sizes(), (std::vector<std::uint64_t>{100, 200, 300}));
  desk.pass(10min);
  EXPECT_EQ(sizes(), (std::vector<std::uint64_t>{10, 200, 300}));
  desk.pass(5min);
  EXPECT_EQ(sizes(), (std::vector<std::uint64_t>{10, 20, 30}));
}

TEST(OverrideSpec, SeveralThatEndedMeanwhileEndTogether) {
  Desk desk{{overridden(window(10, Period::day), daily(100), soon),
             overridden(window(20, Period::day), daily(200), soon + 5min)}};
  desk.charge(15);
  desk.pass(1h);
  EXPECT_FALSE(desk.admits(1));
  EXPECT_EQ(desk.reading(1).size, Amount{20});
  EXPECT_EQ(desk.used(1), Amount{15});
}

TEST(OverrideSpec, OfARateKeepsWhatIsOwed) {
  Desk desk{{overridden(rate(1, 1s, 10), RateRule{Amount{1}, 1s, Amount{50}}, noon + 1s)}};
  EXPECT_TRUE(desk.admits(46));
  desk.pass(1s);
  desk.let_end();
  EXPECT_EQ(desk.reading().size, Amount{10});
  EXPECT_EQ(desk.reading().remaining, Amount{0});
  desk.pass(10s);
  EXPECT_TRUE(desk.admits(10));
}

TEST(OverrideSpec, OfWhatIsInFlightLeavesItThere) {
  Desk desk{{overridden(concurrency(2), ConcurrencyRule{Amount{5}, 1h}, soon)}};
  EXPECT_EQ(desk.reserve(1, 4, 0s).outcome, Outcome::allowed);
  desk.pass(10min);
  desk.let_end();
  EXPECT_EQ(desk.held(), Amount{4});
  EXPECT_EQ(desk.reserve(2, 1, 0s).outcome, Outcome::denied);
  EXPECT_EQ(*desk.tenant.next_expiry() - desk.now.steady, 50min);
}

TEST(OverrideSpec, OfALimitWithLabelsHoldsForAllItsCounters) {
  Desk desk{{overridden(per({"user"}, window(10, Period::day)), daily(20), soon)}};
  for (const std::string_view user : {"ann", "bob"}) {
    desk.as_user(user);
    EXPECT_TRUE(desk.admits(15));
  }
  desk.pass(10min);
  for (const std::string_view user : {"ann", "bob"}) {
    desk.as_user(user);
    EXPECT_FALSE(desk.admits(1));
    EXPECT_EQ(desk.met().used, Amount{15});
  }
}

TEST(OverrideSpec, WhatEndsWithItIsClosedForHistoryAsEver) {
  Desk desk{{overridden(window(10, Period::minute), WindowRule{Amount{50}, Period::minute}, soon)}};
  desk.charge(30);
  desk.pass(10min);
  desk.let_end();
  ASSERT_EQ(desk.happenings.closed_windows.size(), 1U);
  EXPECT_EQ(desk.happenings.closed_windows[0].window.used, Amount{30});
}

TEST(OverrideSpec, SurvivesARestart) {
  const std::vector limits{overridden(window(10, Period::day), daily(100), soon)};
  Desk desk{limits};
  desk.charge(60);
  Desk again{desk.now.wall, plan_of(limits), desk.state()};
  EXPECT_TRUE(again.admits(20));
  Desk later{desk.now.wall + 1h, plan_of(limits), again.state()};
  EXPECT_FALSE(later.admits(1));
}

TEST(OverrideSpec, TenantsWithEqualOnesShareAPlan) {
  const auto plan = plan_of({overridden(window(10, Period::day), daily(100), soon)});
  EXPECT_EQ(*plan, *plan_of({overridden(window(10, Period::day), daily(100), soon)}));
  EXPECT_NE(*plan, *plan_of({overridden(window(10, Period::day), daily(100), soon + 1ns)}));
  EXPECT_NE(*plan, *plan_of({window(10, Period::day)}));
  EXPECT_EQ(plan->until(), soon);
  ASSERT_NE(plan->after(), nullptr);
  EXPECT_EQ(*plan->after(), *plan_of({window(10, Period::day)})) << "as if it had never been";
  EXPECT_EQ(plan->after()->until(), wall_time_never);
  EXPECT_EQ(plan->after()->after(), nullptr);
}

class OverrideAmendmentSpec : public ::testing::Test {
protected:
  OverrideAmendmentSpec() {
    Limit other = window(5, Period::day);
    other.name = "other";
    tenant = definition({window(10, Period::day), other});
  }
  Result<TenantDefinition> amended(Change change, WallTime now = noon) {
    return amend(tenant, Amendment{tenant.id, {}, std::move(change)}, default_meters(), now);
  }
  void apply(Change change, WallTime now = noon) {
    tenant = amended(std::move(change), now).value();
  }
  std::string refused(Change change) { return amended(std::move(change)).fault().context; }
  static Override instead(Rule rule) {
    return *overridden(window(10, Period::day), std::move(rule), soon).instead;
  }
  const std::optional<Override>& of_first() { return tenant.limits.at(0).instead; }

  TenantDefinition tenant;
};

TEST_F(OverrideAmendmentSpec, IsPutOnALimitAndTakenAwayByName) {
  apply(PutOverride{"window", instead(daily(100))});
  EXPECT_EQ(of_first(), instead(daily(100)));
  apply(PutOverride{"window", instead(daily(200))});
  EXPECT_EQ(of_first(), instead(daily(200)));
  apply(RemoveOverride{"window"});
  EXPECT_EQ(of_first(), std::nullopt);
  EXPECT_EQ(tenant.version, Version{4});
}

TEST_F(OverrideAmendmentSpec, ThatIsNotThereCannotBeTakenAway) {
  EXPECT_EQ(amended(RemoveOverride{"window"}).fault().code, FaultCode::not_found);
  EXPECT_EQ(amended(RemoveOverride{"nobody"}).fault().code, FaultCode::not_found);
  EXPECT_EQ(amended(PutOverride{"nobody", instead(daily(1))}).fault().code, FaultCode::not_found);
}

TEST_F(OverrideAmendmentSpec, StaysWhenTheLimitBeneathItChanges) {
  apply(PutOverride{"window", instead(daily(100))});
  apply(PutLimit{window(20, Period::day)});
  EXPECT_EQ(of_first(), instead(daily(100)));
  EXPECT_EQ(tenant.limits[0].rule, Rule{daily(20)});
  apply(PutLimit{overridden(window(20, Period::day), daily(300), soon)});
  EXPECT_EQ(of_first()->rule, Rule{daily(300)}) << "unless the change brings another one";
}

TEST_F(OverrideAmendmentSpec, GoesWithALimitThatMeasuresSomethingElse) {
  apply(PutOverride{"window", instead(daily(100))});
  for (const Limit& limit : {rate(1, 1s, 1), window(10, Period::hour), concurrency(5),
                             per({"user"}, window(10, Period::day))}) {
    const TenantDefinition changed = amended(PutLimit{limit}).value();
    EXPECT_EQ(changed.limits.back().name, "window");
    EXPECT_EQ(changed.limits.back().id, LimitId{3});
    EXPECT_EQ(changed.limits.back().instead, std::nullopt);
  }
}

TEST_F(OverrideAmendmentSpec, ThatIsOverGoesWithTheNextChange) {
  apply(PutOverride{"window", instead(daily(100))});
  apply(EditTenant{.name = "Acme Ltd"}, soon - 1ns);
  EXPECT_TRUE(of_first());
  EXPECT_EQ(amended(RemoveOverride{"window"}, soon).fault().code, FaultCode::not_found);
  apply(EditTenant{.name = "Acme"}, soon);
  EXPECT_FALSE(of_first());
}

TEST_F(OverrideAmendmentSpec, HasToLieAhead) {
  Override late = instead(daily(100));
  late.expires_at = noon;
  EXPECT_EQ(refused(PutOverride{"window", late}), "instead.expires_at: must lie ahead");
  Limit limit = window(10, Period::day);
  limit.instead = late;
  EXPECT_EQ(refused(PutLimit{limit}), "limit.instead.expires_at: must lie ahead");
  EXPECT_EQ(found(definition({limit}), default_meters(), noon).fault().context,
            "limits[0].instead.expires_at: must lie ahead");
}

TEST_F(OverrideAmendmentSpec, IsRefusedWithTheNameOfTheFieldThatItGotWrong) {
  const auto field = [&](const Override& wrong) {
    const std::string context = refused(PutOverride{"window", wrong});
    return context.substr(0, context.find(": "));
  };
  EXPECT_EQ(field(instead(rate(1, 1s, 1).rule)), "instead.rule");
  EXPECT_EQ(field(instead(WindowRule{Amount{10}, Period::hour})), "instead.rule");
  Override wrong = instead(daily(10));
  wrong.soft_limit = Amount{11};
  EXPECT_EQ(field(wrong), "instead.soft_limit");
  wrong = instead(daily(10));
  wrong.author.clear();
  EXPECT_EQ(field(wrong), "instead.author");
  wrong = instead(daily(10));
  wrong.reason = std::string(201, 'x');
  EXPECT_EQ(field(wrong), "instead.reason");
}

TEST_F(OverrideAmendmentSpec, ChecksTheRuleOfEachKind) {
  const auto field = [&](Limit limit, Rule rule) {
    const std::string context =
        refused(PutLimit{overridden(std::move(limit), std::move(rule), soon)});
    return context.substr(0, context.find(": "));
  };
  EXPECT_EQ(field(rate(1, 1s, 1), RateRule{Amount{1}, 1s, Amount{0}}), "limit.instead.rule.burst");
  EXPECT_EQ(field(sliding(1, 1s), SlidingRule{Amount{1}, 0s}), "limit.instead.rule.span");
  EXPECT_EQ(field(concurrency(1), ConcurrencyRule{Amount{1}, 0s}), "limit.instead.rule.ttl");
  EXPECT_EQ(field(throttling(window(10, Period::day), 5), daily(20)), "limit.instead.soft_limit");
  EXPECT_EQ(field(for_overage(window(10, Period::day), 1), WindowRule{{}, Period::day}),
            "limit.instead.overage");
}

TEST_F(OverrideAmendmentSpec, OneThatDoesNotFitTheChangedLimitIsInItsWay) {
  apply(PutOverride{"window", instead(daily(100))});
  EXPECT_TRUE(refused(PutLimit{throttling(window(10, Period::day), 5)})
                  .starts_with("limits[0].instead.soft_limit: "));
}

}  // namespace
}  // namespace sluice
