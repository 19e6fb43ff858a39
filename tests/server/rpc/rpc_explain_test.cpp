// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

#include "tests/server/rpc/rpc_server_fixture.hpp"

namespace sluice::testing {
namespace {

/// Two tenants that may make ten requests each.
class Explain : public RpcServerFixture {
protected:
  void SetUp() override {
    database.put(record(tenant(1), 10));
    database.put(record(tenant(2), 10));
    serve();
    peer.emplace(port());
    entered = peer->enter();
  }

  /// The answer on the wire; good until the next one.
  wire::Decision::Reader check(TenantId of, std::uint64_t amount, bool why,
                               Mode mode = Mode::normal) {
    auto gateway = entered->answer().getWelcome().getGateway();
    auto request = gateway.checkRequest();
    const Charge charge{requests, Amount{amount}};
    Check asking{of, {&charge, 1}, mode};
    asking.explain = why;
    if (mode == Mode::lease) {
      asking.id = EntryId{0, 1};
      asking.ttl = ttl_min;
    }
    encode_check(asking, request.initChecks(1)[0]);
    asked = peer->ask(kj::mv(request));
    return asked->answer().getDecisions()[0];
  }

  Result<std::vector<Explanation>> explain(TenantId of, DecisionId decision = {},
                                           std::size_t count_max = 20) {
    auto administration = entered->answer().getWelcome().getOperator();
    auto request = administration.explainRequest();
    encode_id(of, request.initTenant().initId());
    encode_explanation_query({.decision = decision, .count_max = count_max}, request);
    const auto told = peer->ask(kj::mv(request));
    const auto answer = told->answer().getAnswer();
    return answer.isFault() ? Result<std::vector<Explanation>>(decode_fault(answer.getFault()))
                            : decode_explanations(answer.getValue());
  }

  std::optional<RpcPeer> peer;
  std::unique_ptr<Asked<wire::Front::EnterResults>> entered;
  std::unique_ptr<Asked<wire::Gateway::CheckResults>> asked;
};

TEST_F(Explain, ComesWithTheAnswerForWhoAsksAndIsKnownAfterwards) {
  const auto decision = check(tenant(1), 4, true);
  const auto told = decode_explanation(decision.getNotes().getExplanation(), "");
  ASSERT_TRUE(told.ok()) << told.fault().context;
  EXPECT_EQ(told.value().decision, DecisionId{decision.getNotes().getDecision()});
  EXPECT_EQ(told.value().outcome, Outcome::allowed);
  EXPECT_EQ(told.value().at, clock.now().wall);
  EXPECT_EQ(told.value().limits.at(0).verdict, Verdict::fits);
  EXPECT_EQ(explain(tenant(1), told.value().decision).value(), std::vector{told.value()});
}

TEST_F(Explain, ARefusalHasItsIdAndAnAllowedCheckNothing) {
  EXPECT_FALSE(check(tenant(1), 4, false).hasNotes());
  const auto refused = check(tenant(1), 7, false);
  EXPECT_FALSE(refused.getNotes().hasExplanation());
  const DecisionId id{refused.getNotes().getDecision()};
  const auto told = explain(tenant(1));
  ASSERT_EQ(told.value().size(), 1U);
  EXPECT_EQ(told.value().front().decision, id);
  EXPECT_EQ(told.value().front().limits.at(0).reading.remaining, Amount{6});
}

TEST_F(Explain, NoTenantIsToldOfAnother) {
  const DecisionId id{check(tenant(1), 11, false).getNotes().getDecision()};
  EXPECT_EQ(explain(tenant(2), id).fault(),
            (Fault{FaultCode::not_found, "decision " + std::to_string(id.raw()) +
                                             " of this tenant is not known, or not any more"}));
  EXPECT_TRUE(explain(tenant(2)).value().empty());
}

TEST_F(Explain, TheLatestComeFirst) {
  check(tenant(1), 11, false);
  check(tenant(1), 12, false);
  check(tenant(1), 13, false);
  const auto told = explain(tenant(1), {}, 2);
  ASSERT_EQ(told.value().size(), 2U);
  EXPECT_EQ(told.value()[0].limits.at(0).amount, Amount{13});
  EXPECT_EQ(told.value()[1].limits.at(0).amount, Amount{12});
}

TEST_F(Explain, ATenantThatThereIsNotIsNotFound) {
  EXPECT_EQ(explain(tenant(9)).fault().code, FaultCode::not_found);
  EXPECT_EQ(explain(tenant(1), {}, 0).fault(),
            (Fault{FaultCode::invalid_argument, "countMax is not from 1 to 100"}));
}

TEST_F(Explain, ALeaseIsRefusedByTheField) {
  EXPECT_EQ(decode_problem(check(tenant(1), 0, true, Mode::lease)).value(),
            "checks[0].particulars.explain is not for extend, commit, cancel and lease");
}

}  // namespace
}  // namespace sluice::testing
