// SPDX-License-Identifier: Apache-2.0
// How tenants customise themselves while an engine serves them, and how their hosts lead to them.
#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

class EngineCustomisation : public EngineFixture {
protected:
  /// Tenants 1 and 2, who may do everything.
  void start_with_tenants(std::chrono::milliseconds due_interval = 1s) {
    start(1, [&](EngineOptions& options) { options.due_interval = due_interval; });
    for (const std::uint64_t number : {1U, 2U}) {
      TenantDefinition wish = draft(tenant(number), 1'000);
      wish.tier = "enterprise";
      ASSERT_TRUE(create(wish).ok());
    }
  }
  Result<Customised> customise(TenantId id, const CustomisationEvent& event) {
    return reply_of<Customised>([&](auto reply) {
      engine->customise(here, operator_author(), CustomisationWish{id, event}, reply);
    });
  }
  Result<Customised> shown(TenantId id) {
    return reply_of<Customised>([&](auto reply) { engine->customisation(here, id, reply); });
  }
  /// A domain that is verified.
  void own(TenantId id, const std::string& host) {
    ASSERT_TRUE(customise(id, AddDomain{host, "t"}).ok());
    ASSERT_TRUE(customise(id, VerifyDomain{host, "t"}).ok());
  }
};

TEST_F(EngineCustomisation, WhatIsPutIsShownAndAudited) {
  start_with_tenants();
  EXPECT_EQ(shown(tenant(1)).value(), Customised{});
  const auto put = customise(tenant(1), PutCustomisation{.theme = Theme::dark});
  ASSERT_TRUE(put.ok()) << put.fault().context;
  EXPECT_EQ(put.value().custom.version, Version{1});
  EXPECT_EQ(shown(tenant(1)).value(), put.value());
  const AuditEvent last = database.audit(tenant(1)).back();
  EXPECT_EQ(last.what.action, AuditAction::customisation_put);
  EXPECT_EQ(last.what.author, operator_author());
}

TEST_F(EngineCustomisation, NothingIsWrittenOfWhatIsRefused) {
  start_with_tenants();
  const std::size_t before = database.audit(tenant(1)).size();
  EXPECT_EQ(customise(tenant(1), PutCustomisation{.css = "@import"}).fault().code,
            FaultCode::invalid_argument);
  EXPECT_EQ(customise(tenant(9), PutCustomisation{.theme = Theme::dark}).fault().code,
            FaultCode::not_found);
  EXPECT_EQ(shown(tenant(9)).fault().code, FaultCode::not_found);
  EXPECT_EQ(database.audit(tenant(1)).size(), before);
}

TEST_F(EngineCustomisation, AHostLeadsToItsTenantOnceItIsVerified) {
  start_with_tenants();
  ASSERT_TRUE(customise(tenant(1), AddDomain{"shop.example.com", "t"}).ok());
  EXPECT_EQ(engine->tenant_at("shop.example.com"), std::nullopt);
  EXPECT_FALSE(customise(tenant(1), VerifyDomain{"shop.example.com", "x"}).ok());
  EXPECT_EQ(engine->tenant_at("shop.example.com"), std::nullopt);
  ASSERT_TRUE(customise(tenant(1), VerifyDomain{"shop.example.com", "t"}).ok());
  EXPECT_EQ(engine->tenant_at("Shop.Example.com:443"), tenant(1));
  EXPECT_EQ(customise(tenant(2), AddDomain{"shop.example.com", "t"}).fault().code,
            FaultCode::already_exists);
  ASSERT_TRUE(customise(tenant(1), RemoveDomain{"shop.example.com"}).ok());
  EXPECT_EQ(engine->tenant_at("shop.example.com"), std::nullopt);
}

TEST_F(EngineCustomisation, HostsAreAnsweredWithoutTheStore) {
  start_with_tenants();
  own(tenant(1), "a.example");
  database.fail_reads(store_away);
  EXPECT_EQ(engine->tenant_at("a.example"), tenant(1));
  EXPECT_EQ(engine->tenant_at("b.example"), std::nullopt);
}

TEST_F(EngineCustomisation, HostsAreKnownAfterARestart) {
  start_with_tenants();
  own(tenant(1), "a.example");
  own(tenant(2), "b.example");
  ASSERT_TRUE(stop().ok());
  start();
  EXPECT_EQ(engine->tenant_at("a.example"), tenant(1));
  EXPECT_EQ(engine->tenant_at("b.example"), tenant(2));
}

TEST_F(EngineCustomisation, OfAnAnswerThatWasLostARemovalIsBelieved) {
  start_with_tenants();
  own(tenant(1), "a.example");
  ASSERT_TRUE(customise(tenant(1), AddDomain{"b.example", "t"}).ok());
  database.lose_answers(true);
  EXPECT_EQ(customise(tenant(1), VerifyDomain{"b.example", "t"}).fault().code,
            FaultCode::outcome_unknown);
  EXPECT_EQ(customise(tenant(1), RemoveDomain{"a.example"}).fault().code,
            FaultCode::outcome_unknown);
  database.lose_answers(false);
  EXPECT_EQ(engine->tenant_at("a.example"), std::nullopt);
  ASSERT_TRUE(customise(tenant(1), VerifyDomain{"b.example", "t"}).ok()) << "asked again";
  EXPECT_EQ(engine->tenant_at("b.example"), tenant(1));
}

TEST_F(EngineCustomisation, AHostThatNobodyVerifiesIsFreeAgainAfterAWhile) {
  start_with_tenants(1ms);
  own(tenant(1), "a.example");
  ASSERT_TRUE(customise(tenant(1), AddDomain{"b.example", "t"}).ok());
  clock.advance(std::chrono::ceil<std::chrono::seconds>(domain_reserved_for) + 1s);
  ASSERT_TRUE(database.wait_until(
      [&] { return database.audit(tenant(1)).back().what.action == AuditAction::domain_removed; }));
  EXPECT_EQ(shown(tenant(1)).value().domains.size(), 1U);
  EXPECT_EQ(engine->tenant_at("a.example"), tenant(1)) << "it is verified";
  const AuditEvent last = database.audit(tenant(1)).back();
  EXPECT_EQ(last.what.subject, "b.example");
  EXPECT_EQ(last.what.author, system_author());
  EXPECT_TRUE(customise(tenant(2), AddDomain{"b.example", "t"}).ok());
}

TEST_F(EngineCustomisation, APurgeFreesTheHosts) {
  start_with_tenants();
  own(tenant(1), "a.example");
  ASSERT_TRUE(amend(Amendment{tenant(1), {}, LifeEvent{Deactivate{}}}).ok());
  EXPECT_EQ(engine->tenant_at("a.example"), tenant(1)) << "it may come back";
  ASSERT_TRUE(remove(tenant(1)).ok());
  EXPECT_EQ(engine->tenant_at("a.example"), std::nullopt);
  own(tenant(2), "a.example");
  EXPECT_EQ(engine->tenant_at("a.example"), tenant(2));
}

}  // namespace
}  // namespace sluice::testing
