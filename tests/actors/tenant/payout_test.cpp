// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/payout.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "tests/actors/tenant/sharing_money.hpp"

namespace sluice {
namespace {

UnpaidPool pool(std::uint64_t policy, std::uint64_t micros, std::uint64_t minimum,
                std::string currency = "USD") {
  return {.owner = money::owner,
          .currency = std::move(currency),
          .policy = {policy, policy},
          .owner_micros = micros,
          .minimum_payout_micros = minimum};
}

TEST(Payout, IsDueOnceItReachesTheMinimumAtTheEndOfItsSchedule) {
  EXPECT_TRUE(is_due(pool(1, 10, 10), PayoutSchedule::monthly));
  EXPECT_FALSE(is_due(pool(1, 9, 10), PayoutSchedule::monthly));
  EXPECT_FALSE(is_due(pool(1, 10, 10), PayoutSchedule::daily));
  EXPECT_FALSE(is_due(pool(1, 0, 0), PayoutSchedule::monthly)) << "nobody is paid nothing";
}

TEST(Payout, GathersThePoliciesOfOneOwnerAndCurrencyThatAreDue) {
  const std::vector<UnpaidPool> pools{pool(1, 5, 0, "EUR"), pool(1, 5, 0), pool(2, 1, 9),
                                      pool(3, 9, 9)};
  EXPECT_EQ(due_payouts(pools, PayoutSchedule::monthly),
            (std::vector<DuePayout>{{money::owner, "EUR", {{1, 1}}},
                                    {money::owner, "USD", {{1, 1}, {3, 3}}}}));
}

TEST(Payout, IsTheSumOfItsLines) {
  const std::array lines{UnpaidLine{{1, 1}, money::march, 3}, UnpaidLine{{2, 2}, money::march, 4}};
  const Payout payout = payout_of({money::owner, "USD", {money::policy}}, PayoutSchedule::daily,
                                  money::on(2), lines, money::on(2, 1));
  EXPECT_EQ(payout.amount_micros, 7U);
  EXPECT_EQ(payout.lines, 2U);
  EXPECT_EQ(payout.through, money::on(2));
  EXPECT_FALSE(payout.paid_at);
}

TEST(Payout, HasAReferenceThatPeopleCanRead) {
  EXPECT_TRUE(validate_payout_reference("wire 4711").ok());
  EXPECT_FALSE(validate_payout_reference("").ok());
  EXPECT_FALSE(validate_payout_reference(std::string(201, 'a')).ok());
}

}  // namespace
}  // namespace sluice
