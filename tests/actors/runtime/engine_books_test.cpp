// SPDX-License-Identifier: Apache-2.0
// Periods are closed and owners paid while an engine serves, by time that the test moves.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "actors/tenant/sharing/price.hpp"
#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

using std::chrono::hours;

class EngineBooks : public EngineFixture {
protected:
  void start_watchful() {
    start(2, [](EngineOptions& options) {
      options.due_interval = 1ms;
      options.flush_interval = 1ms;
    });
  }
  /// Tenant 1 shares a model by the day, 3 micros for each use; tenant 2 has a grant.
  void share(RevenueShare revenue = {.owner_basis_points = 5000,
                                     .schedule = PayoutSchedule::daily}) {
    ASSERT_TRUE(create(draft(owner, 10)).ok());
    ASSERT_TRUE(create(draft(consumer, 10)).ok());
    SharingPolicy wish{
        .owner = owner,
        .resource = {ResourceType::model, "m"},
        .visibility = Visibility::marketplace,
        .pricing = {.kind = PricingKind::usage, .period = BillingPeriod::day, .price_micros = 3},
        .revenue = revenue,
        .requires_approval = false};
    wish.permissions.add(SharePermission::read);
    const auto put = reply_of<SharingPolicy>([=, this](auto reply) {
      engine->put_policy(here, operator_author(),
                         PolicyWish{.policy = wish, .keeps_revenue = false}, reply);
    });
    ASSERT_TRUE(put.ok()) << put.fault().context;
    policy = put.value().id;
    const RequestAccess asked{.consumer = consumer, .policy = policy};
    const auto access = reply_of<SharingRequest>(
        [=, this](auto reply) { engine->change_access(here, operator_author(), asked, reply); });
    ASSERT_TRUE(access.ok()) << access.fault().context;
    ASSERT_EQ(access.value().state, SharingState::approved);
    grant = access.value().id;
  }
  Result<SharingPolicy> reprice(const std::function<void(Pricing&)>& change) {
    SharingPolicy changed = *engine->find_policy(policy);
    change(changed.pricing);
    return reply_of<SharingPolicy>([=, this](auto reply) {
      engine->put_policy(here, operator_author(), PolicyWish{.policy = changed}, reply);
    });
  }
  void use(std::uint64_t units) {
    database.put_hour({consumer,
                       owner,
                       {.grant = grant,
                        .policy = policy,
                        .hour = Hour{billing_hour_at(clock.now().wall).raw() + 1},
                        .uses = units,
                        .units = Amount{units}}});
  }
  std::vector<StatementLine> lines(bool running = false, SharingSide side = SharingSide::owner) {
    const StatementQuery query{.tenant = side == SharingSide::owner ? owner : consumer,
                               .side = side};
    return reply_of<StatementPage>(
               [=, this](auto reply) { engine->statements(here, query, running, reply); })
        .value()
        .lines;
  }
  std::vector<Payout> payouts() {
    return reply_of<PayoutPage>(
               [this](auto reply) { engine->payouts(here, {.owner = owner}, reply); })
        .value()
        .payouts;
  }
  Result<Payout> mark_paid(PayoutKey key, std::string reference) {
    return reply_of<Payout>([=, this](auto reply) {
      engine->mark_payout_paid(here, operator_author(), key, reference, reply);
    });
  }
  /// Asks again and again; false after ten seconds.
  static bool comes(const std::function<bool()>& wanted) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < deadline) {
      if (wanted()) {
        return true;
      }
    }
    return false;
  }
  bool closes(std::size_t count) {
    return comes([&] { return lines().size() == count; });
  }
  bool pays(std::size_t count) {
    return comes([&] { return payouts().size() == count; });
  }

  const TenantId owner = tenant(1);
  const TenantId consumer = tenant(2);
  PolicyId policy;
  SharingId grant;
};

TEST_F(EngineBooks, ADayIsClosedAfterItsEndAndTheOwnerPaid) {
  start_watchful();
  share();
  use(7);
  clock.advance(hours{25});
  ASSERT_TRUE(pays(1));
  const auto told = lines();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].amount_micros, 21U);
  EXPECT_EQ(told[0].owner_micros, 10U) << "half, rounded down";
  EXPECT_EQ(told[0].platform_micros, 11U);
  EXPECT_TRUE(told[0].closed_at);
  EXPECT_EQ(lines(false, SharingSide::consumer), told) << "both sides are told the same";
  EXPECT_EQ(payouts()[0].amount_micros, 10U);
}

TEST_F(EngineBooks, WhatRunsIsToldAsSuch) {
  start_watchful();
  share();
  use(7);
  const auto told = lines(true);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].amount_micros, 21U);
  EXPECT_FALSE(told[0].closed_at);
  EXPECT_TRUE(lines().empty());
}

TEST_F(EngineBooks, APriceThatChangesHoldsFromTheNextPeriodOn) {
  start_watchful();
  share();
  use(1);
  clock.advance(std::chrono::minutes{1});
  ASSERT_TRUE(reprice([](Pricing& pricing) { pricing.price_micros = 100; }).ok());
  clock.advance(hours{24});
  use(1);
  clock.advance(hours{25});
  ASSERT_TRUE(closes(2));
  EXPECT_EQ(lines()[0].amount_micros, 3U);
  EXPECT_EQ(lines()[1].amount_micros, 100U);
}

TEST_F(EngineBooks, HowUseIsCountedStaysAsItIs) {
  start_watchful();
  share();
  const auto monthly = reprice([](Pricing& pricing) { pricing.period = BillingPeriod::month; });
  EXPECT_EQ(monthly.fault().code, FaultCode::invalid_argument);
  const auto by_meter = reprice([](Pricing& pricing) { pricing.meter = MeterId{1}; });
  EXPECT_EQ(by_meter.fault().code, FaultCode::invalid_argument);
}

TEST_F(EngineBooks, WhatIsLessThanTheMinimumIsCarriedOver) {
  start_watchful();
  share({.owner_basis_points = 10'000,
         .minimum_payout_micros = 6,
         .schedule = PayoutSchedule::daily});
  use(1);
  clock.advance(hours{25});
  ASSERT_TRUE(closes(1));
  use(1);
  clock.advance(hours{24});
  ASSERT_TRUE(pays(1));
  EXPECT_EQ(payouts()[0].amount_micros, 6U);
  EXPECT_EQ(payouts()[0].lines, 2U);
}

TEST_F(EngineBooks, ManyPeriodsThatEndedMeanwhileAreAllSeenTo) {
  start_watchful();
  share();
  use(1);
  clock.advance(hours{24 * 200});
  use(2);
  clock.advance(hours{25});
  ASSERT_TRUE(pays(2));
  EXPECT_EQ(payouts()[0].amount_micros, 3U);
  EXPECT_EQ(payouts()[1].amount_micros, 1U);
}

TEST_F(EngineBooks, NothingIsLostOrDoneTwiceWhenAnswersAreLost) {
  start_watchful();
  share();
  use(7);
  database.lose_answers(true);
  clock.advance(hours{25});
  ASSERT_TRUE(closes(1));
  database.lose_answers(false);
  ASSERT_TRUE(pays(1));
  use(7);
  clock.advance(hours{24});
  ASSERT_TRUE(pays(2));
  EXPECT_EQ(lines().size(), 2U);
  EXPECT_EQ(payouts()[0].amount_micros + payouts()[1].amount_micros, 20U);
}

TEST_F(EngineBooks, AreWrittenOnOnceTheStoreIsBack) {
  start_watchful();
  share();
  use(7);
  database.fail_writes(store_away);
  clock.advance(hours{25});
  ASSERT_TRUE(comes([&] { return listener.heard_failure("books"); }));
  database.fail_writes(std::nullopt);
  EXPECT_TRUE(pays(1));
}

TEST_F(EngineBooks, NobodyIsPurgedBeforeWhatIsOwedIsBilled) {
  start_watchful();
  share();
  use(7);
  const auto early = deactivate_and_remove(consumer);
  ASSERT_FALSE(early.ok());
  EXPECT_EQ(early.fault().code, FaultCode::conflict);
  EXPECT_TRUE(early.fault().context.starts_with("sharing: ")) << early.fault().context;
  EXPECT_TRUE(database.find(consumer)->definition.shares.empty()) << "it uses nothing any more";
  const auto told = database.audit(owner);
  EXPECT_EQ(std::ranges::count(told, AuditAction::access_revoked,
                               [](const AuditEvent& event) { return event.what.action; }),
            1)
      << "and the owner hears of it";
  clock.advance(hours{25});
  ASSERT_TRUE(closes(1));
  EXPECT_TRUE(comes([&] { return remove(consumer).ok(); }));
  EXPECT_EQ(lines().at(0).amount_micros, 21U) << "what is owed is still owed";
}

TEST_F(EngineBooks, APayoutIsMarkedPaidOnceAndBothAreInTheOwnersAudit) {
  start_watchful();
  share();
  use(7);
  clock.advance(hours{25});
  ASSERT_TRUE(pays(1));
  const PayoutKey key{owner, "USD", 1};
  EXPECT_FALSE(mark_paid(key, "").ok());
  EXPECT_EQ(mark_paid({owner, "USD", 2}, "w").fault().code, FaultCode::not_found);
  ASSERT_TRUE(mark_paid(key, "wire 47").ok());
  EXPECT_EQ(mark_paid(key, "wire 47").fault().code, FaultCode::conflict);
  EXPECT_EQ(payouts()[0].reference, "wire 47");
  const auto events = database.audit(owner);
  ASSERT_GE(events.size(), 2U);
  const AuditDraft& made = events[events.size() - 2].what;
  EXPECT_EQ(made.action, AuditAction::payout_made);
  EXPECT_EQ(made.subject, "USD 1");
  EXPECT_EQ(made.author, system_author());
  EXPECT_EQ(events.back().what.action, AuditAction::payout_paid);
}

TEST_F(EngineBooks, StatisticsTellWhatAnHourAddedToItsPeriod) {
  start_watchful();
  share();
  use(7);
  const SharingStatisticsQuery query{.tenant = owner,
                                     .by = SharingGranularity::hour,
                                     .from = clock.now().wall - hours{24},
                                     .to = clock.now().wall + hours{24}};
  const auto told = reply_of<SharingStatistics>([=, this](auto reply) {
                      engine->sharing_statistics(here, query, reply);
                    }).value();
  ASSERT_EQ(told.points.size(), 1U);
  EXPECT_EQ(told.points[0].count, (SharingCount{7, Amount{7}, 0, 21, 10}));
  ASSERT_EQ(told.top.size(), 1U);
  EXPECT_EQ(told.top[0].consumer, consumer);
  EXPECT_FALSE(told.cut);
}

}  // namespace
}  // namespace sluice::testing
