// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "tests/storage/store_contract.hpp"

namespace sluice::test {

class StoredTenants : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Contract, StoredTenants, testing::ValuesIn(all_stores()), name_of_kind);

TEST_P(StoredTenants, AreReadAsTheyWereWritten) {
  const TenantDefinition written = tenant_with_limits(1, 3);
  ASSERT_TRUE(done(store->create(deed(epoch), written)));
  EXPECT_EQ(stored(written.id), (TenantRecord{written, {}, {}, {}}));
}

TEST_P(StoredTenants, OutliveARestart) {
  const TenantDefinition written = tenant_with_limits(1, 3);
  ASSERT_TRUE(done(store->create(deed(epoch), written)));
  restart();
  EXPECT_EQ(stored(written.id).definition, written);
}

TEST_P(StoredTenants, AreSeenByEveryConnectionAtOnce) {
  ASSERT_TRUE(done(other->create(deed(epoch), tenant(1))));
  EXPECT_TRUE(is_stored(tenant_id(1)));
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  EXPECT_EQ(other->resolve("tenant-1").value(), std::nullopt);
}

TEST_P(StoredTenants, MayHaveAnyId) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const std::array ids{TenantId{0, 1}, TenantId{most, most}, TenantId{most, 0},
                       TenantId{1ULL << 63, 1ULL << 63}};
  for (std::size_t at = 0; at < ids.size(); ++at) {
    TenantDefinition written = tenant(at);
    written.id = ids[at];
    ASSERT_TRUE(done(store->create(deed(epoch), written)));
    EXPECT_EQ(stored(ids[at]).definition, written);
  }
}

TEST_P(StoredTenants, MayHaveANameInAnyLanguage) {
  TenantDefinition written = tenant(1);
  written.name = "Bäckerei \"Köln\" 株式会社 🦀 O'Neil; DROP TABLE tenants";
  ASSERT_TRUE(done(store->create(deed(epoch), written)));
  EXPECT_EQ(stored(written.id).definition.name, written.name);
}

TEST_P(StoredTenants, MayHaveANameOfTwoHundredCharactersOfFourBytes) {
  TenantDefinition written = tenant(1);
  written.name.clear();
  for (int character = 0; character < 200; ++character) {
    written.name += "🦀";
  }
  ASSERT_TRUE(done(store->create(deed(epoch), written)));
  EXPECT_EQ(stored(written.id).definition.name, written.name);
}

TEST_P(StoredTenants, KeepTheirNumbersUpToTheLargest) {
  TenantDefinition written = tenant(1);
  written.version = Version{Amount::max_raw};
  written.last_limit_id = LimitId{std::numeric_limits<std::uint32_t>::max()};
  written.created_at = WallTime::min();
  written.updated_at = WallTime::max();
  ASSERT_TRUE(done(store->create(deed(epoch), written)));
  EXPECT_EQ(stored(written.id).definition, written);
}

TEST_P(StoredTenants, AreRefusedWithAVersionThatNoStoreHolds) {
  TenantDefinition written = tenant(1);
  written.version = Version{Amount::max_raw + 1};
  EXPECT_FALSE(store->create(deed(epoch), written).ok());
  EXPECT_FALSE(is_stored(written.id));
}

TEST_P(StoredTenants, AreFoundByTheirSlug) {
  ASSERT_TRUE(done(store->create(deed(epoch), tenant(1))));
  EXPECT_EQ(store->resolve("tenant-1").value(), tenant_id(1));
  EXPECT_EQ(store->resolve("tenant-2").value(), std::nullopt);
  EXPECT_EQ(store->resolve("").value(), std::nullopt);
}

TEST_P(StoredTenants, AreLoadedManyAtATimeAndOnceEach) {
  for (std::uint64_t number = 1; number <= 5; ++number) {
    ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(number, 2))));
  }
  const std::array wanted{tenant_id(4), tenant_id(9), tenant_id(2), tenant_id(4)};
  const auto found = store->load(wanted);
  ASSERT_TRUE(done(found));
  ASSERT_EQ(found.value().size(), 2U);
  EXPECT_EQ(found.value()[0].definition.id.low + found.value()[1].definition.id.low,
            tenant_id(4).low + tenant_id(2).low);
}

TEST_P(StoredTenants, AreNoneWhenNoneIsAskedFor) {
  EXPECT_TRUE(store->load({}).value().empty());
}

TEST_P(StoredTenants, KeepTheirIdToThemselves) {
  ASSERT_TRUE(done(store->create(deed(epoch), tenant(1))));
  TenantDefinition second = tenant(1);
  second.slug = "another";
  EXPECT_TRUE(
      refused(store->create(deed(epoch), second), FaultCode::already_exists, "id is taken"));
  EXPECT_EQ(stored(tenant_id(1)).definition, tenant(1));
}

TEST_P(StoredTenants, KeepTheirSlugToThemselves) {
  ASSERT_TRUE(done(store->create(deed(epoch), tenant(1))));
  TenantDefinition second = tenant_with_limits(2, 2);
  second.slug = "tenant-1";
  EXPECT_TRUE(
      refused(other->create(deed(epoch), second), FaultCode::already_exists, "slug is taken"));
  EXPECT_FALSE(is_stored(second.id));
}

TEST_P(StoredTenants, AreReplacedIfTheVersionIsTheOneBefore) {
  TenantDefinition definition = tenant_with_limits(1, 2);
  ASSERT_TRUE(done(store->create(deed(epoch), definition)));
  definition = next(definition);
  definition.name = "Renamed";
  definition.slug = "renamed";
  definition.tier = "pro";
  definition.timezone = "Asia/Tokyo";
  definition.billing_anchor_day = AnchorDay{1};
  definition.limits[0].soft_limit = Amount{5};
  definition.limits.push_back(window_limit(3));
  definition.last_limit_id = LimitId{3};
  ASSERT_TRUE(done(store->replace(deed(epoch), definition)));
  restart();
  EXPECT_EQ(stored(definition.id).definition, definition);
  EXPECT_EQ(store->resolve("tenant-1").value(), std::nullopt) << "the old slug is free again";
}

TEST_P(StoredTenants, AreNotReplacedFromAStaleVersion) {
  const TenantDefinition first = tenant_with_limits(1, 2);
  ASSERT_TRUE(done(store->create(deed(epoch), first)));
  TenantDefinition late = next(first);
  late.limits.clear();
  ASSERT_TRUE(done(store->replace(deed(epoch), next(first))));
  EXPECT_TRUE(refused(other->replace(deed(epoch), late), FaultCode::conflict, "version 2"));
  EXPECT_EQ(stored(first.id).definition, next(first));
}

TEST_P(StoredTenants, AreNotReplacedFromAVersionThatIsYetToCome) {
  ASSERT_TRUE(done(store->create(deed(epoch), tenant(1))));
  EXPECT_TRUE(refused(store->replace(deed(epoch), next(next(tenant(1)))), FaultCode::conflict,
                      "version 1"));
}

TEST_P(StoredTenants, AreNotReplacedIfTheyDoNotExist) {
  EXPECT_TRUE(refused(store->replace(deed(epoch), next(tenant(1))), FaultCode::not_found,
                      "01940000-0000-7000-8000-000000000001"));
  EXPECT_FALSE(is_stored(tenant_id(1)));
}

TEST_P(StoredTenants, AreNotReplacedWithASlugThatIsTaken) {
  ASSERT_TRUE(done(store->create(deed(epoch), tenant(1))));
  ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(2, 2))));
  TenantDefinition second = next(tenant(2));
  second.slug = "tenant-1";
  EXPECT_TRUE(
      refused(store->replace(deed(epoch), second), FaultCode::already_exists, "slug is taken"));
  EXPECT_EQ(stored(tenant_id(2)).definition, tenant_with_limits(2, 2)) << "nothing was changed";
}

TEST_P(StoredTenants, MaySwapTheNamesOfTheirLimits) {
  TenantDefinition definition = tenant_with_limits(1, 2);
  ASSERT_TRUE(done(store->create(deed(epoch), definition)));
  definition = next(definition);
  std::swap(definition.limits[0].name, definition.limits[1].name);
  ASSERT_TRUE(done(store->replace(deed(epoch), definition)));
  EXPECT_EQ(stored(definition.id).definition, definition);
}

// Versions with one limit and with two take turns; a reader must never see one's number of limits
// with the other's version.
TEST_P(StoredTenants, AreReadAsOneVersionWhileTheyAreReplaced) {
  ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(1, 1))));
  const std::jthread writer{[this](const std::stop_token& stop) {
    for (std::uint64_t version = 2; !stop.stop_requested(); ++version) {
      TenantDefinition definition = tenant_with_limits(1, version % 2 == 1 ? 1 : 2);
      definition.version = Version{version};
      ASSERT_TRUE(done(other->replace(deed(epoch), definition)));
    }
  }};
  for (int look = 0; look < 500; ++look) {
    const TenantDefinition seen = stored(tenant_id(1)).definition;
    ASSERT_EQ(seen.limits.size(), seen.version.raw() % 2 == 1 ? 1U : 2U);
  }
}

TEST_P(StoredTenants, AreRemovedWithEverythingThatBelongsToThem) {
  ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(1, 2))));
  ASSERT_TRUE(done(store->save(batch({counter(1, 1, 5)}))));
  ASSERT_TRUE(done(store->remove(deed(epoch), tenant_id(1))));
  EXPECT_FALSE(is_stored(tenant_id(1)));
  ASSERT_TRUE(done(store->create(deed(epoch), tenant(1)))) << "id and slug are free again";
  EXPECT_EQ(stored(tenant_id(1)), (TenantRecord{tenant(1), {}, {}, {}}));
}

TEST_P(StoredTenants, AreNotRemovedTwice) {
  ASSERT_TRUE(done(store->create(deed(epoch), tenant(1))));
  ASSERT_TRUE(done(other->remove(deed(epoch), tenant_id(1))));
  EXPECT_TRUE(refused(store->remove(deed(epoch), tenant_id(1)), FaultCode::not_found,
                      "01940000-0000-7000-8000-000000000001"));
}

TEST_P(StoredTenants, MayHaveSixtyFourLimits) {
  const TenantDefinition written = tenant_with_limits(1, limits_per_tenant_max);
  ASSERT_TRUE(done(store->create(deed(epoch), written)));
  EXPECT_EQ(stored(written.id).definition, written);
}

TEST_P(StoredTenants, KeepTheirLimitsApart) {
  ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(1, 1))));
  ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(2, 3))));
  ASSERT_TRUE(done(store->replace(deed(epoch), next(tenant(1)))));
  EXPECT_TRUE(stored(tenant_id(1)).definition.limits.empty());
  EXPECT_EQ(stored(tenant_id(2)).definition.limits.size(), 3U);
}

TEST_P(StoredTenants, KeepEveryRuleThatALimitMayHave) {
  TenantDefinition written = tenant(1);
  std::uint32_t id = 0;
  const auto add = [&](Rule rule) {
    written.limits.push_back(window_limit(++id));
    written.limits.back().rule = rule;
  };
  for (const Period period : {Period::minute, Period::hour, Period::day, Period::week,
                              Period::month, Period::year, Period::never}) {
    add(WindowRule{Amount{7}, period});
  }
  add(WindowRule{std::nullopt, Period::day});
  add(WindowRule{Amount{0}, Period::day});
  add(WindowRule{Amount::max(), Period::day});
  add(RateRule{Amount{1}, rate_period_min, Amount{1}});
  add(RateRule{Amount::max(), rate_period_max, Amount::max()});
  add(RateRule{Amount{1}, rate_period_max, Amount{1}, Refill::interval});
  add(SlidingRule{Amount{0}, span_min});
  add(SlidingRule{Amount::max(), span_max});
  ASSERT_TRUE(done(store->create(deed(epoch), written)));
  EXPECT_EQ(stored(written.id).definition, written);
}

TEST_P(StoredTenants, KeepWhatALimitDoesBeyondItsRule) {
  TenantDefinition written = tenant_with_limits(1, 3);
  written.limits[0].enforcement = Enforcement::alert;
  written.limits[0].soft_limit = Amount{0};
  written.limits[0].thresholds = {Percent{1},  Percent{2},  Percent{3},  Percent{4},
                                  Percent{50}, Percent{60}, Percent{70}, Percent{100}};
  written.limits[2].soft_limit = Amount::max();
  written.limits[2].thresholds = {};
  written.limits[2].meter = MeterId{meters_max};
  ASSERT_TRUE(done(store->create(deed(epoch), written)));
  EXPECT_EQ(stored(written.id).definition, written);
}

TEST_P(StoredTenants, KeepHowALimitIsEnforced) {
  TenantDefinition written = tenant_with_limits(1, 4);
  written.limits[0].enforcement = Enforcement::throttle;
  written.limits[0].soft_limit = Amount{9'000};
  written.limits[1].shadow = true;
  written.limits[2].shadow = false;
  ASSERT_TRUE(done(store->create(deed(epoch), written)));
  EXPECT_EQ(stored(written.id).definition, written);
}

TEST_P(StoredTenants, KeepWhatOverageCosts) {
  TenantDefinition written = tenant(1);
  const auto add = [&](Enforcement enforcement, OverageTerms terms) {
    written.limits.push_back(overage_limit(static_cast<std::uint32_t>(written.limits.size() + 1)));
    written.limits.back().enforcement = enforcement;
    written.limits.back().overage = terms;
  };
  add(Enforcement::overage, {.price_micros = 0, .per = Amount{1}, .cap = std::nullopt});
  add(Enforcement::overage, {.price_micros = 1, .per = Amount::max(), .cap = Amount{0}});
  add(Enforcement::alert,
      {.price_micros = Amount::max_raw, .per = Amount{7}, .cap = Amount::max()});
  ASSERT_TRUE(done(store->create(deed(epoch), written)));
  EXPECT_EQ(stored(written.id).definition, written);
}

TEST_P(StoredTenants, LoseTheTermsThatTheirLimitsNoLongerHave) {
  TenantDefinition definition = tenant_with_limits(1, 4);
  ASSERT_TRUE(done(store->create(deed(epoch), definition)));
  definition = next(definition);
  for (Limit& limit : definition.limits) {
    limit = window_limit(limit.id.raw());
  }
  ASSERT_TRUE(done(store->replace(deed(epoch), definition)));
  EXPECT_EQ(stored(definition.id).definition, definition);
}

TEST_P(StoredTenants, AreRefusedWithOverageThatHasNoPrice) {
  TenantDefinition written = tenant_with_limits(1, 4);
  written.limits[3].overage = std::nullopt;
  EXPECT_TRUE(
      refused(store->create(deed(epoch), written), FaultCode::invalid_argument, "whole_price"));
  EXPECT_FALSE(is_stored(written.id));
}

}  // namespace sluice::test
