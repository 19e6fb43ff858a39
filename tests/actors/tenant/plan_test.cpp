// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/plan.hpp"

#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace sluice {
namespace {

std::pair<std::uint32_t, std::uint32_t> slots(const Plan& plan, int meter) {
  const Plan::SlotRange found = plan.slots_of(MeterId{static_cast<std::uint16_t>(meter)});
  return {found.begin, found.end};
}
using Range = std::pair<std::uint32_t, std::uint32_t>;

TEST(PlanSpec, OrdersLimitsByMeterThenById) {
  const auto plan =
      plan_of({window(1, Period::day, users), rate(1, 1s, 1), window(1, Period::day)});
  ASSERT_EQ(plan->limits().size(), 3U);
  EXPECT_EQ(plan->limits()[0].id, LimitId{2});
  EXPECT_EQ(plan->limits()[1].id, LimitId{3});
  EXPECT_EQ(plan->limits()[2].id, LimitId{1});
}

TEST(PlanSpec, FindsTheLimitsOfAMeter) {
  const auto plan = plan_of({window(1, Period::day, MeterId{3}), window(1, Period::day, MeterId{5}),
                             rate(1, 1s, 1, MeterId{3})});
  EXPECT_EQ(slots(*plan, 3), (Range{0, 2}));
  EXPECT_EQ(slots(*plan, 5), (Range{2, 3}));
}

TEST(PlanSpec, AMeterWithoutLimitsHasNoSlots) {
  const auto plan =
      plan_of({window(1, Period::day, MeterId{3}), window(1, Period::day, MeterId{5})});
  for (const int meter : {0, 1, 2, 4, 6, 7, 1024, 65535}) {
    const auto [begin, end] = slots(*plan, meter);
    EXPECT_EQ(begin, end) << meter;
  }
  EXPECT_EQ(slots(*plan_of(std::vector<Limit>{}), 1), (Range{0, 0}));
}

TEST(PlanSpec, TheHighestMeterHasItsPlaceToo) {
  EXPECT_EQ(slots(*plan_of({window(1, Period::day, MeterId{65535})}), 65535), (Range{0, 1}));
}

TEST(PlanSpec, IsEqualForTenantsWithEqualRules) {
  const auto limits = std::vector{window(1, Period::day), rate(1, 1s, 1)};
  TenantDefinition other = definition(limits);
  other.id = TenantId{4, 2};
  other.slug = "other";
  EXPECT_EQ(*plan_of(definition(limits)), *plan_of(other));
  EXPECT_NE(*plan_of(definition(limits)), *plan_of(definition(limits, "Europe/Berlin")));
  other.limits[0].thresholds.clear();
  EXPECT_NE(*plan_of(definition(limits)), *plan_of(other));
}

TEST(PlanSpec, KnowsWhetherChecksAreDecidedWithoutLabels) {
  EXPECT_TRUE(plan_of({window(1, Period::day), rate(1, 1s, 1), sliding(1, 1s)})->plain());
  EXPECT_FALSE(plan_of({per({"user"}, window(1, Period::day))})->plain());
  EXPECT_FALSE(plan_of({when("user", {"ann"}, window(1, Period::day))})->plain());
  EXPECT_FALSE(plan_of({concurrency(1)})->plain());
}

TEST(PlanSpec, KnowsTheLimitsThatLookAtLabels) {
  const auto plan = plan_of({window(1, Period::day), per({"user"}, window(1, Period::day)),
                             when("user", {"ann"}, window(1, Period::day))});
  EXPECT_TRUE(std::ranges::equal(plan->labelled(), std::vector<std::uint32_t>{1, 2}));
}

TEST(PlanSpec, KnowsWhichMetersAreOnlyReserved) {
  const auto plan = plan_of(
      {concurrency(1), window(1, Period::day, llm_tokens), shadow(concurrency(1, 1s, users))});
  EXPECT_TRUE(plan->is_only_reserved(api_requests));
  EXPECT_FALSE(plan->is_only_reserved(llm_tokens));
  EXPECT_FALSE(plan->is_only_reserved(users));
  EXPECT_FALSE(plan->is_only_reserved(MeterId{999}));
}

TEST(PlanSpec, AReservationIsOpenAsLongAsTheShortestLimitOnWhatIsInFlightSays) {
  const auto plan = plan_of(
      {concurrency(1, 30s), concurrency(1, 20s, llm_tokens), shadow(concurrency(1, 1s, users))});
  const std::vector<Charge> both{{api_requests, Amount{1}}, {llm_tokens, Amount{1}}};
  EXPECT_EQ(plan->holder_ttl(both), 20s);
  EXPECT_EQ(plan->holder_ttl(std::span{both}.first(1)), 30s);
  EXPECT_EQ(plan->holder_ttl(std::vector<Charge>{{users, Amount{1}}}), std::nullopt);
}

TEST(PlanSpec, OfADamagedDefinitionIsAFaultAndNotACrash) {
  for (const Limit& limit : {rate(0, 1s, 1), rate(1, 0s, 1), rate(1, -1s, 1), rate(1, 1s, 0),
                             with_thresholds(window(1, Period::day), {1, 2, 3, 4, 5, 6, 7, 8, 9}),
                             with_soft_limit(window(1, Period::day), 2)}) {
    EXPECT_FALSE(Plan::of(definition({limit})).ok());
  }
  EXPECT_FALSE(Plan::of(definition({}, "Mars/Base")).ok());
  EXPECT_FALSE(Plan::of(definition({}, "UTC", AnchorDay{0})).ok());
  EXPECT_FALSE(Plan::of(definition(std::vector<Limit>(65, window(1, Period::day)))).ok());
}

}  // namespace
}  // namespace sluice
