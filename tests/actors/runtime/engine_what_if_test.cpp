// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

class EngineWhatIf : public EngineFixture {
protected:
  /// Tenant 1 used 7 in a minute that is over, and 1 in the next one, which is open; the store has
  /// both.
  void SetUp() override {
    database.put(record(tenant(1), 100));
    start();
    ASSERT_EQ(check(tenant(1), 7), Outcome::allowed);
    clock.advance(60s);
    ASSERT_EQ(check(tenant(1), 1), Outcome::allowed);
    ASSERT_TRUE(stop().ok());
    start();
  }

  /// A limit of so much an hour, in this one.
  WhatIfQuery proposal(std::uint64_t size) {
    WhatIfQuery query;
    query.limit = total(size);
    query.limit.rule = WindowRule{Amount{size}, Period::hour};
    query.granularity = Granularity::minute;
    query.from = bucket_start(clock.now().wall, Granularity::hour);
    query.to = query.from + 1h;
    return query;
  }
  Result<WhatIfPage> ask(const WhatIfQuery& query) {
    return reply_of<WhatIfPage>(
        [=, this](auto reply) { engine->what_if(here, query, std::move(reply)); });
  }
};

TEST_F(EngineWhatIf, TellsWhatALimitWouldHaveRefused) {
  const auto page = ask(proposal(5));
  ASSERT_TRUE(page.ok()) << page.fault().context;
  ASSERT_EQ(page.value().rows.size(), 1U);
  EXPECT_EQ(page.value().rows[0].tenant, tenant(1));
  EXPECT_EQ(page.value().rows[0].found.refused, Amount{3});
  EXPECT_TRUE(ask(proposal(8)).value().rows.empty());
}

TEST_F(EngineWhatIf, LeavesTheTenantAsItWas) {
  ASSERT_EQ(ask(proposal(0)).value().rows.size(), 1U);
  EXPECT_EQ(check(tenant(1), 1), Outcome::allowed) << "by the limit that it really has";
  EXPECT_EQ(used(tenant(1)), Amount{9});
  EXPECT_EQ(database.find(tenant(1))->definition, founded(tenant(1), 100));
}

TEST_F(EngineWhatIf, RefusesABadProposalAndNamesTheField) {
  WhatIfQuery query = proposal(5);
  query.limit.rule = WindowRule{Amount{5}, Period::never};
  const auto refused = ask(query);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.fault().code, FaultCode::invalid_argument);
  EXPECT_TRUE(refused.fault().context.starts_with("limit.rule.period: "));
  EXPECT_FALSE(listener.heard_failure("what_if")) << "that is no failure of the store";
}

TEST_F(EngineWhatIf, SaysThatTheStoreIsAway) {
  database.fail_reads(store_away);
  EXPECT_EQ(ask(proposal(5)).fault().code, FaultCode::unavailable);
  EXPECT_TRUE(listener.heard_failure("what_if"));
}

}  // namespace
}  // namespace sluice::testing
