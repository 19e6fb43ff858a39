// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "tests/server/rpc/rpc_server_fixture.hpp"

namespace sluice::testing {
namespace {

constexpr EntryId first_id{1, 1};
constexpr EntryId second_id{1, 2};

/// A tenant with a limit of credit on requests, and a window on the same.
class Credit : public RpcServerFixture {
protected:
  void SetUp() override {
    TenantRecord stored = record(tenant(1), 10);
    Limit prepaid = total(10);
    prepaid.name = "prepaid";
    prepaid.rule = CreditRule{Period::month};
    prepaid.thresholds.clear();
    Limit window = total(1'000);
    window.name = "window";
    window.id = LimitId{2};
    stored.definition.limits = {prepaid, window};
    database.put(stored);
    serve();
    peer.emplace(port());
    entered = peer->enter();
  }

  [[nodiscard]] wire::Operator::Client administration() {
    return entered->answer().getWelcome().getOperator();
  }

  template <class Request>
  Result<CreditReport> ask(Request request, TenantId id) {
    encode_id(id, request.initTenant().initId());
    const auto asked = peer->ask(kj::mv(request));
    const auto answer = asked->answer().getAnswer();
    return answer.isFault() ? Result<CreditReport>(decode_fault(answer.getFault()))
                            : decode_credit_report(answer.getValue());
  }

  Result<CreditReport> give(EntryId id, std::uint64_t amount, const std::string& limit = "prepaid",
                            TenantId to = tenant(1)) {
    auto request = administration().giveCreditRequest();
    encode_give(id, GiveCredit{limit, {.amount = Amount{amount}}}, request);
    return ask(kj::mv(request), to);
  }

  Result<CreditReport> void_grant(EntryId id) {
    auto request = administration().voidCreditRequest();
    encode_void(id, request);
    return ask(kj::mv(request), tenant(1));
  }

  Result<CreditReport> reset(const std::string& limit) {
    auto request = administration().resetCreditRequest();
    encode_reset(ResetCredit{limit, false}, request);
    return ask(kj::mv(request), tenant(1));
  }

  [[nodiscard]] Outcome spend(std::uint64_t amount) {
    auto gateway = entered->answer().getWelcome().getGateway();
    auto request = gateway.checkRequest();
    const Charge charge{requests, Amount{amount}};
    encode_check(Check{tenant(1), {&charge, 1}, Mode::normal}, request.initChecks(1)[0]);
    const auto asked = peer->ask(kj::mv(request));
    return decode_decision(asked->answer().getDecisions()[0]).value().outcome;
  }

  std::optional<RpcPeer> peer;
  std::unique_ptr<Asked<wire::Front::EnterResults>> entered;
};

TEST_F(Credit, ThatIsGivenMayBeSpentAndNoMore) {
  EXPECT_EQ(spend(1), Outcome::denied);
  const auto given = give(first_id, 100);
  ASSERT_TRUE(given.ok()) << given.fault().context;
  EXPECT_FALSE(given.value().repeated);
  EXPECT_EQ(given.value().usage.limit.name, "prepaid");
  EXPECT_EQ(given.value().usage.reading.remaining, Amount{100});
  ASSERT_EQ(given.value().usage.grants.size(), 1U);
  EXPECT_EQ(given.value().usage.grants[0].id, first_id);
  EXPECT_EQ(given.value().usage.grants[0].balance, Amount{100});
  EXPECT_EQ(given.value().at, clock.now().wall);
  EXPECT_EQ(spend(100), Outcome::allowed);
  EXPECT_EQ(spend(1), Outcome::denied);
}

TEST_F(Credit, IsGivenOnceUnderOneId) {
  ASSERT_TRUE(give(first_id, 100).ok());
  const auto again = give(first_id, 100);
  ASSERT_TRUE(again.ok()) << again.fault().context;
  EXPECT_TRUE(again.value().repeated);
  EXPECT_EQ(again.value().usage.reading.remaining, Amount{100});
  EXPECT_EQ(give(first_id, 101).fault().code, FaultCode::conflict);
}

TEST_F(Credit, IsGoneOnceItsGrantIsVoided) {
  ASSERT_TRUE(give(first_id, 100).ok());
  ASSERT_TRUE(give(second_id, 50).ok());
  const auto voided = void_grant(first_id);
  ASSERT_TRUE(voided.ok()) << voided.fault().context;
  EXPECT_EQ(voided.value().usage.reading.remaining, Amount{50});
  EXPECT_TRUE(void_grant(first_id).value().repeated);
}

TEST_F(Credit, DoesNotRollOverAResetUnlessItsTermsSaySo) {
  ASSERT_TRUE(give(first_id, 100).ok());
  ASSERT_EQ(spend(30), Outcome::allowed);
  const auto reset_now = reset("prepaid");
  ASSERT_TRUE(reset_now.ok()) << reset_now.fault().context;
  EXPECT_EQ(reset_now.value().usage.reading.used, Amount{});
  EXPECT_EQ(reset_now.value().usage.reading.remaining, Amount{});
}

TEST_F(Credit, OfWhatIsNotThereIsNotFound) {
  const Fault no_limit{FaultCode::not_found, "limit: there is no limit of this name"};
  EXPECT_EQ(give(first_id, 1, "nonsense").fault(), no_limit);
  EXPECT_EQ(reset("nonsense").fault(), no_limit);
  EXPECT_EQ(give(first_id, 1, "prepaid", tenant(9)).fault().code, FaultCode::not_found);
  EXPECT_EQ(void_grant(first_id).fault(),
            (Fault{FaultCode::not_found, "grant: there is no grant with this id"}));
}

TEST_F(Credit, OfALimitOfAnotherKindIsRefusedByTheField) {
  for (const auto& refused : {give(first_id, 1, "window"), reset("window")}) {
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.fault().code, FaultCode::invalid_argument);
    EXPECT_TRUE(refused.fault().context.starts_with("limit: ")) << refused.fault().context;
  }
}

TEST_F(Credit, ThatCannotBeIsRefusedBeforeTheTenantIsAsked) {
  EXPECT_EQ(give(first_id, 0).fault(),
            (Fault{FaultCode::invalid_argument, "grant.amount is zero"}));
  EXPECT_EQ(
      give(EntryId{}, 1).fault(),
      (Fault{FaultCode::invalid_argument, "idHigh and idLow are both zero: a grant needs an id"}));
  EXPECT_EQ(reset("").fault(), (Fault{FaultCode::invalid_argument, "limit is empty"}));
}

TEST_F(Credit, CannotBeMadeByAGateway) {
  auto gateway = entered->answer().getWelcome().getGateway();
  auto request = gateway.checkRequest();
  auto check = request.initChecks(1)[0];
  const Charge charge{requests, Amount{1}};
  encode_check(Check{tenant(1), {&charge, 1}, Mode::normal, first_id}, check);
  check.setMode(static_cast<wire::Mode>(Mode::credit));
  const auto asked = peer->ask(kj::mv(request));
  const auto decision = asked->answer().getDecisions()[0];
  EXPECT_EQ(decode_decision(decision).value().outcome, Outcome::invalid);
  EXPECT_EQ(decode_problem(decision).value(), "checks[0].mode is not known");
}

TEST_F(Credit, IsInTheAuditOnceForEachChangeWhenTheStoreHasIt) {
  ASSERT_TRUE(give(first_id, 10).ok());
  ASSERT_TRUE(give(first_id, 10).value().repeated);
  ASSERT_TRUE(reset("prepaid").ok());
  ASSERT_TRUE(reset("prepaid").ok());
  ASSERT_TRUE(void_grant(first_id).ok());
  EXPECT_FALSE(void_grant(second_id).ok());
  EXPECT_TRUE(database.audit(tenant(1)).empty()) << "the journal has them first";
  entered = nullptr;
  peer.reset();
  rpc->close();
  ASSERT_TRUE(stop().ok());
  rpc.reset();
  std::string told;
  for (const AuditEvent& event : database.audit(tenant(1))) {
    told += std::string{to_string(event.what.action)}.append(" ");
    EXPECT_EQ(event.what.subject, "prepaid");
    EXPECT_EQ(event.what.author.kind, "anonymous");
    EXPECT_EQ(event.what.tenant, tenant(1));
  }
  EXPECT_EQ(told, "credit.given credit.reset credit.reset credit.voided ");
}

}  // namespace
}  // namespace sluice::testing
