// SPDX-License-Identifier: Apache-2.0
// What a store keeps of the life of tenants, and which of them it says are due.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "tests/storage/store_contract.hpp"

namespace sluice::test {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

class StoredLives : public StoreContract {
protected:
  static constexpr WallTime noon{std::chrono::hours{24 * 365 * 50}};

  [[nodiscard]] static TenantDefinition on_trial(std::uint64_t number, WallTime until) {
    TenantDefinition definition = tenant(number);
    definition.life.status = TenantStatus::trial;
    definition.life.trial_days = TrialDays{14};
    definition.life.trial_ends_at = until;
    return definition;
  }
  [[nodiscard]] static TenantDefinition deactivated(std::uint64_t number, WallTime purge_at) {
    TenantDefinition definition = tenant(number);
    definition.life.status = TenantStatus::deactivated;
    definition.life.deactivated_at = noon;
    definition.life.purge_at = purge_at;
    return definition;
  }
  void create(const TenantDefinition& definition) {
    ASSERT_TRUE(done(store->create(deed(epoch), definition)));
  }
  [[nodiscard]] std::vector<DueTenant> due(const DueQuery& query) {
    return store->due(query).value();
  }
  /// Empty, and no status, for all.
  [[nodiscard]] std::vector<TenantId> listed(const std::string& tier,
                                             std::optional<TenantStatus> status,
                                             const std::string& region = {}) {
    TenantQuery query;
    query.tier = tier;
    query.status = status;
    query.region = region;
    std::vector<TenantId> ids;
    const TenantPage page = store->list(query).value();
    for (const TenantDefinition& definition : page.tenants) {
      ids.push_back(definition.id);
    }
    return ids;
  }
};
INSTANTIATE_TEST_SUITE_P(Contract, StoredLives, testing::ValuesIn(all_stores()), name_of_kind);

TEST_P(StoredLives, KeepEveryField) {
  TenantDefinition full = tenant_with_limits(1, 2);
  full.life = {.status = TenantStatus::deactivated,
               .trial_days = TrialDays{365},
               .trial_ends_at = noon,
               .suspended_at = noon + 1ns,
               .suspend_reason = "unpaid: Rechnung 7, \"überfällig\" {",
               .deactivated_at = noon + 2ns,
               .purge_at = WallTime::max(),
               .unpaid = {{"Rechnung 7, \"überfällig\" {", noon + 3ns},
                          {std::string(100, 'x'), WallTime::max()}}};
  full.region = "eu-west-1";
  full.currency = "CHF";
  full.settings = R"({"note": "\\ \"überfällig\" {", "list": [1, {}]})";
  full.billing = {"Acme, Zürich", "bills@acme.example", "Seestrasse 1 \\ 8002", "CHE-1"};
  create(full);
  EXPECT_EQ(stored(full.id).definition, full);
  ASSERT_NO_FATAL_FAILURE(restart());
  EXPECT_EQ(stored(full.id).definition, full);

  TenantDefinition plain = next(full);
  plain.life = {};
  plain.region = "";
  plain.settings = no_settings;
  plain.billing = {};
  ASSERT_TRUE(done(store->replace(deed(epoch), plain)));
  EXPECT_EQ(stored(full.id).definition, plain);
}

TEST_P(StoredLives, AreDueInTheOrderOfTheirInstants) {
  create(on_trial(1, noon + 2h));
  create(deactivated(2, noon + 1h));
  create(on_trial(3, noon + 3h));
  create(tenant(4));
  EXPECT_THAT(due({.by = noon + 2h}),
              ElementsAre(DueTenant{noon + 1h, tenant_id(2)}, DueTenant{noon + 2h, tenant_id(1)}));
  EXPECT_THAT(due({.by = noon + 1h - 1ns}), IsEmpty());
}

TEST_P(StoredLives, AreDueWhenAGraceEndsIfTheySpendAndNoMoreOnceThatIsPaid) {
  TenantDefinition late = tenant(1);
  late.life.unpaid = {{"invoice-7", noon}, {"invoice-8", noon + 1h}};
  create(late);
  TenantDefinition trial = on_trial(2, noon + 1h);
  trial.life.unpaid = {{"invoice-9", noon + 2h}};
  create(trial);
  EXPECT_THAT(due({.by = noon + 2h}),
              ElementsAre(DueTenant{noon, tenant_id(1)}, DueTenant{noon + 1h, tenant_id(2)}));
  TenantDefinition paid = next(late);
  paid.life.unpaid.clear();
  ASSERT_TRUE(done(store->replace(deed(epoch), paid)));
  TenantDefinition suspended = next(trial);
  suspended.life.status = TenantStatus::suspended;
  suspended.life.suspended_at = noon;
  ASSERT_TRUE(done(store->replace(deed(epoch), suspended)));
  EXPECT_THAT(due({.by = noon + 2h}), IsEmpty());
}

TEST_P(StoredLives, AreDueAFewAtATime) {
  for (const std::uint64_t number : {3U, 1U, 2U}) {
    create(on_trial(number, noon));
  }
  create(on_trial(9, noon - 1h));
  const auto first = due({.by = noon, .count_max = 2});
  EXPECT_THAT(first,
              ElementsAre(DueTenant{noon - 1h, tenant_id(9)}, DueTenant{noon, tenant_id(1)}));
  EXPECT_THAT(due({.by = noon, .after = first.back(), .count_max = 2}),
              ElementsAre(DueTenant{noon, tenant_id(2)}, DueTenant{noon, tenant_id(3)}));
}

TEST_P(StoredLives, AreDueNoMoreOnceTheyAreChangedOrGone) {
  create(on_trial(1, noon));
  create(deactivated(2, noon));
  TenantDefinition converted = next(on_trial(1, noon));
  converted.life.status = TenantStatus::active;
  converted.life.trial_ends_at.reset();
  ASSERT_TRUE(done(store->replace(deed(epoch), converted)));
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(2))));
  EXPECT_THAT(due({.by = noon}), IsEmpty());
}

TEST_P(StoredLives, AreListedByStatusAndRegionAndTier) {
  create(tenant(1));
  TenantDefinition trial = on_trial(2, noon);
  trial.region = "eu";
  create(trial);
  TenantDefinition gone = deactivated(3, noon);
  gone.region = "eu";
  gone.tier = "pro";
  create(gone);
  EXPECT_THAT(listed("", TenantStatus::trial), ElementsAre(tenant_id(2)));
  EXPECT_THAT(listed("", TenantStatus::active), ElementsAre(tenant_id(1)));
  EXPECT_THAT(listed("", {}, "eu"), ElementsAre(tenant_id(2), tenant_id(3)));
  EXPECT_THAT(listed("pro", {}, "eu"), ElementsAre(tenant_id(3)));
  EXPECT_THAT(listed("free", TenantStatus::deactivated), IsEmpty());
  EXPECT_THAT(listed("", {}, "e"), IsEmpty()) << "a region is matched as a whole";
}

TEST_P(StoredLives, ASlugIsFreeAgainOnceItsTenantIsGone) {
  create(deactivated(1, noon));
  TenantDefinition heir = tenant(2);
  heir.slug = tenant(1).slug;
  EXPECT_TRUE(refused(store->create(deed(epoch), heir), FaultCode::already_exists, "slug"));
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  EXPECT_TRUE(done(store->create(deed(epoch), heir)));
}

}  // namespace sluice::test
