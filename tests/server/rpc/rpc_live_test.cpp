// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "protocol/codec_live.hpp"
#include "tests/server/rpc/rpc_server_fixture.hpp"

namespace sluice::testing {
namespace {

/// A tenant with a limit by user.
class Live : public RpcServerFixture {
protected:
  void SetUp() override {
    TenantRecord by_user = record(tenant(1), 10);
    by_user.definition.limits.front().per = {"user"};
    database.put(by_user);
    serve();
    peer.emplace(port());
    entered = peer->enter();
  }

  void reserve(EntryId id, std::string_view user, std::uint64_t amount) {
    auto gateway = entered->answer().getWelcome().getGateway();
    auto request = gateway.checkRequest();
    const Charge charge{requests, Amount{amount}};
    const Label label{"user", user};
    Check check{tenant(1), {&charge, 1}, Mode::reserve, id, 30s};
    check.labels = {&label, 1};
    encode_check(check, request.initChecks(1)[0]);
    const auto asked = peer->ask(kj::mv(request));
    EXPECT_EQ(asked->answer().getDecisions()[0].getOutcome(), wire::Outcome::ALLOWED);
  }

  Result<CounterPage> counters(TenantId of, const CounterQuery& query = {}) {
    auto request = entered->answer().getWelcome().getOperator().listCountersRequest();
    encode_id(of, request.initTenant().initId());
    encode_counter_query(query, request);
    const auto told = peer->ask(kj::mv(request));
    const auto answer = told->answer().getAnswer();
    return answer.isFault() ? Result<CounterPage>(decode_fault(answer.getFault()))
                            : decode_counters(answer.getValue());
  }
  Result<HoldPage> holds(TenantId of, const HoldQuery& query = {}) {
    auto request = entered->answer().getWelcome().getOperator().listHoldsRequest();
    encode_id(of, request.initTenant().initId());
    encode_hold_query(query, request);
    const auto told = peer->ask(kj::mv(request));
    const auto answer = told->answer().getAnswer();
    return answer.isFault() ? Result<HoldPage>(decode_fault(answer.getFault()))
                            : decode_holds(answer.getValue());
  }

  std::optional<RpcPeer> peer;
  std::unique_ptr<Asked<wire::Front::EnterResults>> entered;
};

TEST_F(Live, WhatIsHeldIsToldByReservationAndByCounter) {
  reserve({1, 1}, "ann", 3);
  reserve({1, 2}, "bob", 4);
  const auto ann = holds(tenant(1), {.labels = {{"user", "ann"}}});
  ASSERT_TRUE(ann.ok()) << ann.fault().context;
  ASSERT_EQ(ann.value().holds.size(), 1U);
  EXPECT_EQ(ann.value().holds[0].id, (EntryId{1, 1}));
  EXPECT_EQ(ann.value().holds[0].expires_at, clock.now().wall + 30s);
  const auto bob = counters(tenant(1), {.limit = "total", .labels = {{"user", "bob"}}});
  ASSERT_TRUE(bob.ok()) << bob.fault().context;
  ASSERT_EQ(bob.value().counters.size(), 1U);
  EXPECT_EQ(bob.value().counters[0].reading.held, Amount{4});
  EXPECT_EQ(bob.value().counters[0].reading.remaining, Amount{6});
}

TEST_F(Live, PagesGoOnBehindTheLastOne) {
  for (std::uint64_t id = 1; id <= 3; ++id) {
    reserve({1, id}, "ann", 1);
  }
  const auto first = holds(tenant(1), {.page_size = 2});
  EXPECT_TRUE(first.value().more);
  const auto last = holds(tenant(1), {.after = first.value().holds.back().id, .page_size = 2});
  ASSERT_EQ(last.value().holds.size(), 1U);
  EXPECT_EQ(last.value().holds[0].id, (EntryId{1, 3}));
  EXPECT_FALSE(last.value().more);
}

TEST_F(Live, WhatCannotBeAnsweredIsTold) {
  EXPECT_EQ(counters(tenant(9)).fault().code, FaultCode::not_found);
  EXPECT_EQ(holds(tenant(9)).fault().code, FaultCode::not_found);
  EXPECT_EQ(counters(tenant(1), {.limit = "none"}).fault().code, FaultCode::not_found);
  EXPECT_EQ(holds(tenant(1), {.page_size = 501}).fault(),
            (Fault{FaultCode::invalid_argument, "pageSize is not from 1 to 500"}));
}

}  // namespace
}  // namespace sluice::testing
