// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/storage/store_contract.hpp"

namespace sluice::test {

using namespace std::chrono_literals;

/// Labels and overrides of limits, and how much may be in flight.
class StoredLimits : public StoreContract {
protected:
  [[nodiscard]] static TenantDefinition with(std::vector<Limit> limits) {
    TenantDefinition definition = tenant(1);
    definition.last_limit_id = LimitId{static_cast<std::uint32_t>(limits.size())};
    definition.limits = std::move(limits);
    return definition;
  }
  void expect_kept(std::vector<Limit> limits) {
    const TenantDefinition written = with(std::move(limits));
    ASSERT_TRUE(done(store->create(deed(epoch), written)));
    EXPECT_EQ(stored(written.id).definition, written);
  }
  void expect_refused(const Limit& limit, const char* words) {
    EXPECT_TRUE(
        refused(store->create(deed(epoch), with({limit})), FaultCode::invalid_argument, words));
    EXPECT_FALSE(is_stored(tenant_id(1)));
  }
};
INSTANTIATE_TEST_SUITE_P(Contract, StoredLimits, testing::ValuesIn(all_places()), name_of_kind);

Limit with_override(Limit limit, Rule rule) {
  limit.instead = Override{.rule = rule, .author = "ann", .reason = "launch"};
  return limit;
}

TEST_P(StoredLimits, KeepEverythingThatALimitMayHave) {
  expect_kept({concurrency_limit(1), window_limit(2), concurrency_limit(3)});
}

TEST_P(StoredLimits, KeepHowMuchMayBeInFlight) {
  Limit least = window_limit(1);
  least.rule = ConcurrencyRule{Amount{}, ttl_min};
  Limit most = window_limit(2);
  most.rule = ConcurrencyRule{Amount::max(), ttl_max};
  expect_kept({least, most});
}

TEST_P(StoredLimits, KeepThatTheyArePrepaid) {
  Limit forever = window_limit(1);
  forever.rule = CreditRule{Period::never};
  Limit monthly = overage_limit(2);
  monthly.rule = CreditRule{Period::month};
  expect_kept({forever, monthly, window_limit(3)});
}

TEST_P(StoredLimits, OfAnyKindMayReleaseOnExpiry) {
  std::vector limits{window_limit(1), rate_limit(2), sliding_limit(3), overage_limit(4)};
  for (Limit& limit : limits) {
    limit.releases_on_expiry = true;
  }
  expect_kept(limits);
}

TEST_P(StoredLimits, MayCountPerLabelOrAskForLabels) {
  Limit per = window_limit(1);
  per.per = {"user"};
  Limit when = window_limit(2);
  when.when = {{.label = "model", .negated = true, .values = {""}}};
  expect_kept({per, when});
}

TEST_P(StoredLimits, KeepTheMostLabelsInTheirOrderAndInAnyLanguage) {
  Limit limit = window_limit(1);
  limit.per = {"d", "c", "b", std::string(label_name_bytes_max, 'a')};
  for (std::size_t i = 0; i < conditions_per_limit_max; ++i) {
    Condition condition{.label = "model", .negated = i % 2 == 1, .values = {}};
    for (std::size_t value = 0; value < values_per_condition_max - 2; ++value) {
      condition.values.emplace_back(label_value_bytes_max - value, 'v');
    }
    condition.values.emplace_back("größer \"株式会社\" \\u0000 {🦀}, NULL");
    condition.values.emplace_back("v");
    limit.when.push_back(condition);
  }
  expect_kept({limit});
}

TEST_P(StoredLimits, KeepAnOverrideOfEveryKindToTheLastDigit) {
  std::vector<Limit> limits;
  const auto add = [&](Limit (*make)(std::uint32_t), Rule rule, Rule instead) {
    limits.push_back(make(static_cast<std::uint32_t>(limits.size() + 1)));
    limits.back().rule = rule;
    limits.back() = with_override(limits.back(), instead);
  };
  for (const Period period : {Period::minute, Period::hour, Period::day, Period::week,
                              Period::month, Period::year, Period::never}) {
    add(window_limit, WindowRule{std::nullopt, period}, WindowRule{Amount::max(), period});
    add(window_limit, WindowRule{Amount{1}, period}, WindowRule{std::nullopt, period});
  }
  const RateRule rate{Amount{1}, 1s, Amount{1}};
  add(rate_limit, rate, RateRule{Amount::max(), rate_period_max, Amount::max()});
  add(rate_limit, rate, RateRule{Amount{1}, rate_period_min, Amount{9'007'199'254'740'993}});
  add(rate_limit, rate, RateRule{Amount{1}, 1s, Amount{1}, Refill::interval});
  add(sliding_limit, SlidingRule{Amount{1}, 1s}, SlidingRule{Amount::max(), span_max});
  add(sliding_limit, SlidingRule{Amount{1}, 1s}, SlidingRule{Amount{}, span_min});
  add(window_limit, ConcurrencyRule{Amount{1}, 1s}, ConcurrencyRule{Amount::max(), ttl_max});
  expect_kept(limits);
}

TEST_P(StoredLimits, KeepWhenAnOverrideEndsToTheNanosecond) {
  std::vector<Limit> limits;
  for (const WallTime end :
       {WallTime::min(), WallTime{-1ns}, WallTime{}, WallTime{1ns},
        WallTime{1'700'000'000'123'456'789ns}, wall_time_never - 1ns, wall_time_never}) {
    limits.push_back(with_override(window_limit(static_cast<std::uint32_t>(limits.size() + 1)),
                                   WindowRule{Amount{7}, Period::month}));
    limits.back().instead->expires_at = end;
    limits.back().instead->soft_limit = Amount::max();
  }
  expect_kept(limits);
}

TEST_P(StoredLimits, KeepWhoOverruledThemAndWhy) {
  Limit limit = with_override(window_limit(1), WindowRule{Amount{7}, Period::month});
  limit.instead->author = "O'Neil \"Köln\" \\ {},";
  limit.instead->reason.clear();
  for (int character = 0; character < 200; ++character) {
    limit.instead->reason += "🦀";
  }
  expect_kept({limit});
}

TEST_P(StoredLimits, LoseWhatTheyNoLongerHaveAndGainWhatIsNew) {
  const TenantDefinition before = with({concurrency_limit(1), window_limit(2)});
  ASSERT_TRUE(done(store->create(deed(epoch), before)));
  TenantDefinition after = next(with({window_limit(1), concurrency_limit(2)}));
  ASSERT_TRUE(done(store->replace(deed(epoch), after)));
  restart();
  EXPECT_EQ(stored(after.id).definition, after);
}

TEST_P(StoredLimits, AreRefusedWithLabelsThatCouldNotBeReadAgain) {
  Limit limit = window_limit(1);
  limit.per = {"User"};
  expect_refused(limit, "labels of limit \"window-1\"");
  limit.per = {"a", "b", "c", "d", "e"};
  expect_refused(limit, "labels");
  limit.per = {};
  limit.when = {{.label = "model", .negated = false, .values = {"\xff"}}};
  expect_refused(limit, "labels");
}

TEST_P(StoredLimits, AreRefusedWithAnOverrideThatCouldNotBeReadAgain) {
  expect_refused(with_override(window_limit(1), WindowRule{Amount{7}, Period::day}),
                 "override of limit \"window-1\"");
  expect_refused(with_override(window_limit(1), SlidingRule{Amount{7}, 1s}), "override");
  expect_refused(with_override(window_limit(1), CreditRule{Period::month}), "override");
  Limit limit = with_override(window_limit(1), WindowRule{Amount{7}, Period::month});
  limit.instead->author = "\xff";
  expect_refused(limit, "override");
}

}  // namespace sluice::test
