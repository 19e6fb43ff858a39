// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/operator_client.hpp"

#include <gtest/gtest.h>

#include "tests/protocol/client/operator_desk.hpp"

namespace sluice::client {
namespace {

class OperatorClientTest : public testing::Test {
protected:
  OperatorClientTest() {
    server.make_operator = [] { return wire::Operator::Client(kj::heap<Desk>()); };
  }

  [[nodiscard]] std::unique_ptr<OperatorClient> open(
      std::chrono::milliseconds call_timeout = std::chrono::seconds{20}) const {
    OperatorOptions options;
    options.port = server.port();
    options.call_timeout = call_timeout;
    auto client = OperatorClient::open(options);
    SLUICE_INVARIANT(client.ok());
    return std::move(client).value();
  }

  static TenantDefinition draft(std::string slug) {
    TenantDefinition made;
    made.slug = std::move(slug);
    return made;
  }

  StandIn server;
};

TEST_F(OperatorClientTest, SaysWhoServes) {
  EXPECT_EQ(open()->server(), "stand-in/1");
}

TEST_F(OperatorClientTest, SaysWhereNobodyListens) {
  server.stop();
  OperatorOptions options;
  options.port = server.port();
  const auto client = OperatorClient::open(options);
  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.fault(), (Fault{FaultCode::unavailable, "cannot reach sluiced at 127.0.0.1:" +
                                                               std::to_string(server.port()) +
                                                               ": connection refused"}));
}

TEST_F(OperatorClientTest, SaysWhichHostIsNotKnown) {
  OperatorOptions options;
  options.host = "no-such-host.invalid";
  const auto client = OperatorClient::open(options);
  ASSERT_FALSE(client.ok());
  EXPECT_TRUE(
      client.fault().context.starts_with("cannot reach sluiced at no-such-host.invalid:7411: "))
      << client.fault().context;
}

TEST_F(OperatorClientTest, AnswersWithWhatTheServerMade) {
  const auto made = open()->create(draft("acme"));
  ASSERT_TRUE(made.ok()) << made.fault().context;
  EXPECT_EQ(made.value().slug, "acme");
  EXPECT_EQ(made.value().id, made_by_server);
}

TEST_F(OperatorClientTest, WhoIsNoOperatorAdministersHisTenantsAndNothingElse) {
  server.make_operator = nullptr;
  server.make_tenant_admin = [] { return wire::TenantAdmin::Client(kj::heap<Desk>()); };
  const auto client = open();
  EXPECT_TRUE(client->closed_windows(made_by_server).ok());
  EXPECT_EQ(client->create(draft("acme")).fault(),
            (Fault{FaultCode::permission_denied,
                   "permission denied: the credential may not do what only operators do"}));
}

TEST_F(OperatorClientTest, PassesOnTheFaultOfTheServer) {
  EXPECT_EQ(open()->create(draft("taken")).fault(),
            (Fault{FaultCode::already_exists, "slug \"taken\" is taken"}));
}

TEST_F(OperatorClientTest, SendsTheExpectedVersionAndTheChangedFieldsOnly) {
  const auto client = open();
  const auto edited = client->edit(
      std::string("acme"), Version{6},
      EditTenant{.name = "Acme", .slug = {}, .tier = {}, .timezone = {}, .billing_anchor_day = {}});
  EXPECT_EQ(edited.value().version, Version{7});
  EXPECT_EQ(edited.value().name, "Acme");
}

TEST_F(OperatorClientTest, CreatesManyAndSaysWhichFailed) {
  std::vector<TenantDefinition> drafts;
  for (int i = 0; i < 200; ++i) {
    drafts.push_back(draft(i == 77 ? "taken" : "tenant-" + std::to_string(i)));
  }
  const auto made = open()->create_many(drafts);
  ASSERT_EQ(made.size(), 200U);
  for (std::size_t i = 0; i < made.size(); ++i) {
    ASSERT_EQ(made[i].ok(), i != 77);
    if (made[i].ok()) {
      EXPECT_EQ(made[i].value().slug, drafts[i].slug);
    }
  }
}

TEST_F(OperatorClientTest, CreatesNoneOfNone) {
  EXPECT_TRUE(open()->create_many({}).empty());
}

TEST_F(OperatorClientTest, AChangeThatIsNotAnsweredMayHaveBeenMade) {
  const auto made = open(std::chrono::milliseconds{20})->create(draft("silence"));
  EXPECT_EQ(made.fault(),
            (Fault{FaultCode::outcome_unknown,
                   "the change may or may not have been made: no answer within 20 ms"}));
}

TEST_F(OperatorClientTest, AQuestionThatIsNotAnsweredChangedNothing) {
  EXPECT_EQ(open(std::chrono::milliseconds{20})->show(made_by_server).fault(),
            (Fault{FaultCode::unavailable, "no answer within 20 ms"}));
}

TEST_F(OperatorClientTest, TheNextCallAfterSilenceHasAConnectionOfItsOwn) {
  const auto client = open(std::chrono::milliseconds{200});
  EXPECT_FALSE(client->create(draft("silence")).ok());
  EXPECT_TRUE(client->create(draft("acme")).ok());
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(OperatorClientTest, AServerThatIsTooBusyIsUnavailable) {
  EXPECT_EQ(open()->usage(made_by_server).fault(),
            (Fault{FaultCode::unavailable, "too much to do"}));
}

TEST_F(OperatorClientTest, ACallThatTheServerDoesNotKnowIsRefused) {
  EXPECT_EQ(open()->purge(made_by_server).fault().code, FaultCode::invalid_argument);
}

TEST_F(OperatorClientTest, AConnectionThatWasLostIsMadeAnew) {
  const auto client = open();
  server.hang_up();
  server.await_connections(1);
  EXPECT_TRUE(client->create(draft("acme")).ok());
}

TEST_F(OperatorClientTest, WhileTheServerIsAwayEveryCallSaysSo) {
  const auto client = open();
  server.stop();
  EXPECT_EQ(client->create(draft("acme")).fault().code, FaultCode::unavailable);
  server.start();
  EXPECT_TRUE(client->create(draft("acme")).ok());
}

TEST_F(OperatorClientTest, AsksForTheHistoryThatWasWished) {
  UsageQuery query;
  query.meter = MeterId{2};
  query.granularity = Granularity::day;
  query.from = WallTime{Duration{11}};
  query.points_max = 5;
  const auto points = open()->history(std::string("acme"), query);
  ASSERT_TRUE(points.ok()) << points.fault().context;
  EXPECT_EQ(points.value(),
            (std::vector<UsagePoint>{{MeterId{2}, WallTime{Duration{11}}, Amount{5}, 2, 0, 0}}));
}

TEST_F(OperatorClientTest, LeavesItToTheServerToRefuseTooMuchHistory) {
  UsageQuery query;
  query.points_max = usage_points_max + 1;
  EXPECT_EQ(open()->history(std::string("acme"), query).fault(),
            (Fault{FaultCode::invalid_argument, "pointsMax is not from 1 to 10000"}));
}

TEST_F(OperatorClientTest, TellsWindowsThatAreOver) {
  const auto client = open();
  EXPECT_EQ(client->closed_windows(made_by_server).value(), std::vector{closed_window});
  EXPECT_EQ(client->closed_windows(std::string("nobody")).fault().code, FaultCode::not_found);
}

TEST_F(OperatorClientTest, AsksForSoManyResetsOfALimitAndLeavesItToTheServerToRefuse) {
  const auto client = open();
  const ResetPreview preview = client->resets(std::string("acme"), "monthly", 7).value();
  EXPECT_EQ(preview.timezone, "monthly");
  EXPECT_EQ(preview.at, std::vector{WallTime{Duration{7}}});
  const std::size_t too_many = (std::size_t{1} << 32) + 1;
  EXPECT_GT(client->resets(std::string("acme"), "monthly", too_many).value().at.front(),
            WallTime{Duration{resets_max}});
}

TEST_F(OperatorClientTest, GivesTheGrantThatWasWished) {
  GrantTerms terms{.amount = Amount{10}, .priority = 3};
  terms.recurrence = Recurrence{Period::week, 2, WallTime{Duration{11}}};
  terms.rollover = {Amount{1}, Amount{2}};
  const auto given = open()->give_credit(std::string("acme"), some_grant, {"prepaid", terms});
  ASSERT_TRUE(given.ok()) << given.fault().context;
  EXPECT_EQ(given.value().usage.limit.name, "prepaid");
  ASSERT_EQ(given.value().usage.grants.size(), 1U);
  EXPECT_EQ(given.value().usage.grants[0].id, some_grant);
  EXPECT_EQ(given.value().usage.grants[0].terms, terms);
  EXPECT_FALSE(given.value().repeated);
}

TEST_F(OperatorClientTest, LeavesItToTheServerToRefuseAGrant) {
  EXPECT_EQ(open()->give_credit(std::string("acme"), some_grant, {"prepaid", {}}).fault(),
            (Fault{FaultCode::invalid_argument, "grant.amount is zero"}));
}

TEST_F(OperatorClientTest, VoidsAGrantAndTellsIfThatWasDoneBefore) {
  const auto client = open();
  const auto voided = client->void_credit(made_by_server, some_grant);
  ASSERT_TRUE(voided.ok()) << voided.fault().context;
  EXPECT_TRUE(voided.value().repeated);
  EXPECT_EQ(voided.value().at, WallTime{Duration{7}});
  EXPECT_EQ(client->void_credit(made_by_server, EntryId{1, 1}).fault().code, FaultCode::not_found);
}

TEST_F(OperatorClientTest, ResetsALimitAndKeepsWhatIsOwedIfThatIsWished) {
  const auto client = open();
  EXPECT_EQ(client->reset_credit(made_by_server, {"prepaid", true}).value().usage.over, Amount{1});
  EXPECT_EQ(client->reset_credit(made_by_server, {"prepaid", false}).value().usage.over, Amount{});
}

TEST_F(OperatorClientTest, AsksWhyAndLeavesItToTheServerToRefuseTooMany) {
  const auto client = open();
  const auto told = client->explain(made_by_server, {.decision = DecisionId{9}, .count_max = 3});
  ASSERT_TRUE(told.ok()) << told.fault().context;
  EXPECT_EQ(told.value(), (std::vector<Explanation>{{DecisionId{9}, WallTime{Duration{3}}}}));
  EXPECT_EQ(client->explain(made_by_server, {.count_max = explanations_told_max + 1}).fault(),
            (Fault{FaultCode::invalid_argument, "countMax is not from 1 to 100"}));
}

TEST_F(OperatorClientTest, AsksWhatALimitWouldHaveRefusedOfAllTenantsOrOfOne) {
  const auto client = open();
  WhatIfQuery query;
  query.limit.name = "daily";
  query.after = TenantId{3, 4};
  query.page_size = 7;
  const WhatIfPage page = client->what_if(std::nullopt, query).value();
  EXPECT_EQ(page.rows, (std::vector{WhatIfRow{TenantId{3, 4}, "daily", {}}}));
  EXPECT_EQ(page.looked_at, 7U);
  EXPECT_EQ(page.next, made_by_server);
  EXPECT_EQ(client->what_if(std::string("acme"), query).value().rows[0].slug, "daily of acme");
}

TEST_F(OperatorClientTest, TellsThatTheServerIsNotTheOwnerAnyMore) {
  const auto status = open()->status();
  ASSERT_TRUE(status.ok()) << status.fault().context;
  EXPECT_EQ(status.value().ownership.epoch, Epoch{3});
  EXPECT_FALSE(status.value().ownership.owner);
  EXPECT_EQ(status.value().ownership.lease_left, Duration{0});
}

TEST_F(OperatorClientTest, MovesSimulatedTimeForwardOnly) {
  const auto client = open();
  EXPECT_EQ(client->advance_clock(Duration{5}).value(), WallTime{Duration{1005}});
  EXPECT_EQ(client->advance_clock(Duration{-5}).fault(),
            (Fault{FaultCode::invalid_argument, "by must not be negative"}));
}

}  // namespace
}  // namespace sluice::client
