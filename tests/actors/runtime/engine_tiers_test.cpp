// SPDX-License-Identifier: Apache-2.0
// How tenants get what their tier has while an engine serves them: by operators, and by time.
#include "tests/actors/runtime/engine_fixture.hpp"

namespace sluice::testing {
namespace {

using std::chrono::hours;

constexpr hours month_and_more{24 * 32};

class EngineTiers : public EngineFixture {
protected:
  /// One that looks often for what time does.
  void start_watchful(std::uint16_t reactors = 1) {
    start(reactors, [](EngineOptions& options) {
      options.due_interval = 1ms;
      options.flush_interval = 1ms;
    });
  }
  /// Of that tier, with one limit of its own that is in nobody's way.
  static TenantDefinition draft_of(TenantId id, const std::string& tier) {
    TenantDefinition wish = draft(id, 1'000'000'000);
    wish.tier = tier;
    return wish;
  }
  Result<TierChanged> change(TenantId id, ChangeTier wish) {
    return reply_of<TierChanged>([=, this](auto reply) {
      engine->change_tier(here, operator_author(), id, {}, wish, reply);
    });
  }
  Result<Tier> put(Tier tier, std::optional<Version> expected = {}) {
    return reply_of<Tier>([=, this](auto reply) {
      engine->put_tier(here, operator_author(), tier, expected, reply);
    });
  }
  Result<Tier> drop(const std::string& name) {
    return reply_of<Tier>(
        [=, this](auto reply) { engine->remove_tier(here, operator_author(), name, reply); });
  }
  Result<TierApplied> apply(TierApplyQuery query) {
    return reply_of<TierApplied>(
        [=, this](auto reply) { engine->apply_tier(here, operator_author(), query, reply); });
  }
  /// The shipped `free` with so many requests a month.
  static Tier free_with(std::uint64_t requests) {
    Tier tier = shipped_tiers().front();
    tier.limits[0].rule = WindowRule{Amount{requests}, Period::month};
    tier.limits[0].soft_limit.reset();
    return tier;
  }
  [[nodiscard]] bool becomes_of_tier(TenantId id, const std::string& tier) const {
    return database.wait_until([&] {
      const auto stored = database.find(id);
      return stored && stored->definition.tier == tier;
    });
  }
  [[nodiscard]] TenantStatus status_of(TenantId id) const {
    return database.find(id)->definition.life.status;
  }
};

TEST_F(EngineTiers, ANewTenantGetsTheLimitsOfItsTier) {
  start();
  const auto created = create(draft_of(tenant(1), "free"));
  ASSERT_TRUE(created.ok()) << created.fault().context;
  EXPECT_EQ(created.value().limits.size(), 7U);
  EXPECT_EQ(check(tenant(1), 10'001), Outcome::denied);
  EXPECT_EQ(check(tenant(1), 10'000), Outcome::allowed);
}

TEST_F(EngineTiers, AChangeHoldsForTheNextCheckAndKeepsWhatWasUsed) {
  start(2);
  for (const ReactorIndex owner : {ReactorIndex{0}, ReactorIndex{1}}) {
    const TenantId id = tenant_of(owner);
    ASSERT_TRUE(create(draft_of(id, "free")).ok());
    ASSERT_EQ(check(id, 10'000), Outcome::allowed);
    ASSERT_EQ(check(id), Outcome::denied);
    const auto up = change(id, {"professional"});
    ASSERT_TRUE(up.ok()) << up.fault().context;
    EXPECT_TRUE(up.value().exceeded.empty());
    EXPECT_EQ(check(id, 5'000), Outcome::allowed);
    const auto down = change(id, {"free"});
    ASSERT_TRUE(down.ok()) << down.fault().context;
    EXPECT_EQ(down.value().exceeded,
              (std::vector{ExceededLimit{"api_requests", Amount{10'000}, Amount{15'000}}}));
    EXPECT_EQ(check(id), Outcome::denied);
  }
}

TEST_F(EngineTiers, AtTheEndOfTheMonthTheTierComesThoughNobodyAsks) {
  start_watchful();
  ASSERT_TRUE(create(draft_of(tenant(1), "free")).ok());
  ASSERT_TRUE(change(tenant(1), {"starter", true}).ok());
  EXPECT_EQ(database.find(tenant(1))->definition.tier, "free");
  clock.advance(month_and_more);
  ASSERT_TRUE(becomes_of_tier(tenant(1), "starter"));
  EXPECT_EQ(database.find(tenant(1))->definition.pending_tier, std::nullopt);
  EXPECT_EQ(database.find(tenant(1))->definition.version, Version{3});
}

TEST_F(EngineTiers, TheAuditSaysWhatTheTenantHasTooMuchOfWheneverItsTierComes) {
  start_watchful();
  for (const bool at_period_end : {false, true}) {
    const TenantId id = tenant(at_period_end ? 2 : 1);
    TenantDefinition wish = draft_of(id, "professional");
    const Member owner{.user_id = "own"};
    ASSERT_TRUE(reply_of<TenantDefinition>([=, this](auto reply) {
                  engine->create(here, operator_author(), wish, reply, owner);
                }).ok());
    for (const char* const user : {"ann", "bob", "cid"}) {
      const MemberWish one_more{id, AddMember{user, "", "member"}};
      ASSERT_TRUE(reply_of<MemberAnswer>([=, this](auto reply) {
                    engine->change_members(here, operator_author(), one_more, reply);
                  }).ok());
    }
    ASSERT_TRUE(change(id, {"free", at_period_end}).ok());
    clock.advance(at_period_end ? month_and_more : hours{0});
    ASSERT_TRUE(becomes_of_tier(id, "free"));
    const AuditDraft what = database.audit(id).back().what;
    EXPECT_EQ(what.action, at_period_end ? AuditAction::tier_taken : AuditAction::tier_changed);
    EXPECT_EQ(what.author, at_period_end ? system_author() : operator_author());
    EXPECT_NE(what.after.find(R"("exceeded":{"users":{"size":3,"used":4}})"), std::string::npos)
        << what.after;
  }
}

TEST_F(EngineTiers, EveryChangeOfATierAndOfAFeatureHasItsEvent) {
  start();
  ASSERT_TRUE(create(draft_of(tenant(1), "free")).ok());
  ASSERT_TRUE(put(free_with(50)).ok());
  ASSERT_TRUE(apply({.tier = "free"}).ok());
  ASSERT_TRUE(change(tenant(1), {"starter"}).ok());
  ASSERT_TRUE(amend({tenant(1), {}, SetFeature{{"sso", true}}}).ok());
  ASSERT_TRUE(amend({tenant(1), {}, ClearFeature{"sso"}}).ok());
  ASSERT_TRUE(drop("free").ok());
  const auto told_of = [&](TenantId chain) {
    std::string told;
    for (const AuditEvent& event : database.audit(chain)) {
      told += std::string{to_string(event.what.action)}.append(" ").append(event.what.subject);
      told += '\n';
    }
    return told;
  };
  EXPECT_EQ(told_of(tenant(1)),
            "tenant.created tenant-1\ntier.applied free\ntier.changed starter\nfeature.set sso\n"
            "feature.cleared sso\n");
  EXPECT_EQ(told_of(TenantId{}), "tier.put free\ntier.removed free\n");
  EXPECT_EQ(database.audit(tenant(1)).at(3).what.after, R"({"value":true})");
}

TEST_F(EngineTiers, ATierThatWasCalledOffDoesNotCome) {
  start_watchful();
  for (const std::uint64_t number : {1U, 2U}) {
    ASSERT_TRUE(create(draft_of(tenant(number), "free")).ok());
    ASSERT_TRUE(change(tenant(number), {"starter", true}).ok());
  }
  ASSERT_TRUE(change(tenant(1), {"free"}).ok());
  clock.advance(month_and_more);
  ASSERT_TRUE(becomes_of_tier(tenant(2), "starter"));
  EXPECT_EQ(database.find(tenant(1))->definition.tier, "free");
}

TEST_F(EngineTiers, ASuspendedTenantStaysSuspended) {
  start_watchful();
  ASSERT_TRUE(create(draft_of(tenant(1), "free")).ok());
  ASSERT_TRUE(amend({tenant(1), {}, LifeEvent{Suspend{"unpaid"}}}).ok());
  ASSERT_TRUE(change(tenant(1), {"starter"}).ok());
  EXPECT_EQ(check(tenant(1)), Outcome::suspended);
  ASSERT_TRUE(change(tenant(1), {"enterprise", true}).ok());
  clock.advance(month_and_more);
  ASSERT_TRUE(becomes_of_tier(tenant(1), "enterprise"));
  EXPECT_EQ(status_of(tenant(1)), TenantStatus::suspended);
}

TEST_F(EngineTiers, AnUpgradeConvertsATrial) {
  start_watchful();
  TenantDefinition wish = draft_of(tenant(1), "free");
  wish.life.trial_days = TrialDays{7};
  ASSERT_TRUE(create(wish).ok());
  ASSERT_TRUE(change(tenant(1), {"starter"}).ok());
  EXPECT_EQ(status_of(tenant(1)), TenantStatus::active);
  clock.advance(month_and_more);
  EXPECT_EQ(check(tenant(1)), Outcome::allowed) << "no trial ends";
}

TEST_F(EngineTiers, ATierThatIsEditedChangesItsTenantsOnlyOnceItIsApplied) {
  start();
  ASSERT_TRUE(create(draft_of(tenant(1), "free")).ok());
  ASSERT_TRUE(create(draft_of(tenant(2), "starter")).ok());
  const auto edited = put(free_with(50));
  ASSERT_TRUE(edited.ok()) << edited.fault().context;
  EXPECT_EQ(edited.value().version, Version{2});
  EXPECT_EQ(check(tenant(1), 100), Outcome::allowed);
  EXPECT_EQ(apply({.tier = "free"}).value(),
            (TierApplied{.changed = 1, .unchanged = 0, .refused = {}, .last = tenant(1)}));
  EXPECT_EQ(check(tenant(1)), Outcome::denied);
  EXPECT_EQ(check(tenant(2), 100), Outcome::allowed);
  EXPECT_EQ(apply({.tier = "free"}).value().unchanged, 1U) << "it had it already";
  EXPECT_EQ(database.find(tenant(1))->definition.version, Version{2});
}

TEST_F(EngineTiers, ApplyingGoesFromPageToPage) {
  start(2);
  for (std::uint64_t number = 1; number <= 7; ++number) {
    ASSERT_TRUE(create(draft_of(tenant(number), "free")).ok());
  }
  ASSERT_TRUE(put(free_with(50)).ok());
  TierApplyQuery query{.tier = "free", .after = {}, .page_size = 3};
  std::size_t changed = 0;
  std::size_t pages = 0;
  bool more = true;
  while (more) {
    const TierApplied applied = apply(query).value();
    changed += applied.changed;
    ++pages;
    more = applied.more;
    query.after = applied.last;
  }
  EXPECT_EQ(changed, 7U);
  EXPECT_EQ(pages, 3U);
  EXPECT_EQ(check(tenant(7), 51), Outcome::denied);
}

TEST_F(EngineTiers, WhoWouldHaveTooManyLimitsIsTold) {
  start();
  TenantDefinition crowded = draft_of(tenant(1), "free");
  for (std::size_t i = 0; i < limits_per_tenant_max - 7; ++i) {
    crowded.limits.push_back(total(1'000));
    crowded.limits.back().name = std::string{"own-"}.append(std::to_string(i));
    crowded.limits.back().shadow = true;
  }
  ASSERT_TRUE(create(crowded).ok());
  Tier wider = free_with(50);
  wider.limits.push_back(total(5));
  wider.limits.back().name = "more";
  ASSERT_TRUE(put(wider).ok());
  EXPECT_EQ(apply({.tier = "free"}).value().refused, std::vector{tenant(1)});
}

TEST_F(EngineTiers, TheCatalogueIsEditedByVersion) {
  start();
  EXPECT_EQ(put(free_with(50), Version{7}).fault(),
            (Fault{FaultCode::conflict, "version: expected 7, but the tier is at 1"}));
  ASSERT_TRUE(put(free_with(50), Version{1}).ok());
  EXPECT_EQ(*engine->tiers(), database.stores()().value()->tiers().value());
  Tier wrong = free_with(50);
  wrong.name = "No";
  EXPECT_EQ(put(wrong).fault().code, FaultCode::invalid_argument);
}

TEST_F(EngineTiers, ATierIsRemovedOnlyOnceNobodyIsOfIt) {
  start();
  ASSERT_TRUE(create(draft_of(tenant(1), "free")).ok());
  EXPECT_EQ(drop("free").fault(),
            (Fault{FaultCode::conflict, "tier: there are tenants of it, such as tenant-1"}));
  ASSERT_TRUE(change(tenant(1), {"starter"}).ok());
  ASSERT_TRUE(drop("free").ok());
  EXPECT_EQ(drop("free").fault().code, FaultCode::not_found);
  EXPECT_EQ(find_tier(*engine->tiers(), "free"), nullptr);
}

TEST_F(EngineTiers, WithoutAStoreTheCatalogueStaysAsItIs) {
  start();
  database.fail_writes(store_away);
  EXPECT_EQ(put(free_with(50)).fault().code, FaultCode::unavailable);
  EXPECT_EQ(*engine->tiers(), shipped_tiers());
}

TEST_F(EngineTiers, ACatalogueWhoseCommitIsInDoubtIsReadBack) {
  start();
  database.lose_answers(true);
  EXPECT_EQ(put(free_with(50)).fault().code, FaultCode::outcome_unknown);
  EXPECT_EQ(find_tier(*engine->tiers(), "free")->version, Version{2});
}

}  // namespace
}  // namespace sluice::testing
