// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/sharing/statement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <utility>
#include <vector>

#include "actors/tenant/sharing/books.hpp"
#include "tests/actors/tenant/sharing_money.hpp"

namespace sluice {
namespace {

using money::graduated;
using money::hour;
using money::in_march;
using money::march;
using money::on;
using money::span;
using money::terms;
using std::chrono::hours;

TEST(Statement, IsPricedOverAllHoursOfThePeriodAtOnce) {
  const std::vector<SharedHour> used{hour(on(1), 1, 999), hour(on(31, 23), 2, 2)};
  const auto line = statement_line(span(), terms(graduated()), in_march, used);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->uses, 3U);
  EXPECT_EQ(line->units, Amount{1001});
  EXPECT_EQ(line->amount_micros, 2002U) << "1000 x 2 and 1 x 1.5, rounded up";
  EXPECT_FALSE(line->closed_at) << "who closes it says when";
}

TEST(Statement, HasNoHoursOfOtherPeriodsAndGrants) {
  SharedHour foreign = hour(on(2), 9, 9);
  foreign.grant = SharingId{9, 9};
  const std::vector<SharedHour> used{hour(march - hours{1}, 1, 1), hour(in_march.end, 1, 1),
                                     foreign};
  EXPECT_FALSE(statement_line(span(), terms(graduated()), in_march, used));
}

TEST(Statement, OwesAFixedPriceWhileTheGrantStoodWhetherItWasUsedOrNot) {
  const SharingTerms fixed = terms({.kind = PricingKind::fixed, .price_micros = 10});
  const auto owed = [&](const GrantSpan& grant, std::vector<SharedHour> used = {}) {
    const auto line = statement_line(grant, fixed, in_march, used);
    return line ? line->amount_micros : 0;
  };
  EXPECT_EQ(owed(span()), 10U);
  EXPECT_EQ(owed(span(march + Duration{1})), 10U) << "ended within it";
  EXPECT_EQ(owed(span(march)), 0U) << "ended before it";
  EXPECT_EQ(owed(span(march), {hour(on(2), 0, 5)}), 0U) << "a commit that came later";
  GrantSpan later = span();
  later.granted_at = in_march.end;
  EXPECT_EQ(owed(later), 0U);
  later.granted_at = in_march.end - Duration{1};
  EXPECT_EQ(owed(later), 10U);
}

TEST(Statement, TellsUseOfWhatIsFree) {
  const auto line = statement_line(span(), terms({}), in_march, std::array{hour(on(2), 3, 3)});
  ASSERT_TRUE(line);
  EXPECT_EQ(line->uses, 3U);
  EXPECT_EQ(line->amount_micros, 0U);
}

TEST(Statement, GivesTheOwnerWholeMillionthsAndThePlatformTheRest) {
  EXPECT_EQ(divide(10, {.owner_basis_points = 7000}), (Division{7, 3}));
  EXPECT_EQ(divide(1, {.owner_basis_points = 9999}), (Division{0, 1}));
  EXPECT_EQ(divide(3, {.owner_basis_points = 10'000}), (Division{3, 0}));
  EXPECT_EQ(divide(3, {.owner_basis_points = 0}), (Division{0, 3}));
  EXPECT_EQ(divide(cost_micros_max, {.owner_basis_points = 3333}),
            (Division{333'300'000'000'000, 666'700'000'000'000}));
}

TEST(Statement, KeepsTheTermsThatStoodWhenThePeriodBegan) {
  SharingTerms first = terms({});
  SharingTerms second = terms(graduated());
  first.since = march + hours{1};
  second.since = on(20);
  const std::vector<SharingTerms> all{first, second};
  EXPECT_EQ(terms_at(all, march), &all[0]) << "the policy's first period";
  EXPECT_EQ(terms_at(all, in_march.end), &all[1]);
  EXPECT_EQ(terms_at(all, on(20)), &all[1]);
  EXPECT_EQ(terms_at({}, march), nullptr);
}

// The access of a consumer ended in the middle of March and was granted again.
class StatementOfTwoGrants : public ::testing::Test {
protected:
  static GrantSpan granted_again() {
    GrantSpan grant = span();
    grant.id = SharingId{5, 5};
    grant.granted_at = on(20);
    return grant;
  }
  static SharedHour under(const GrantSpan& of, WallTime at, std::uint64_t units) {
    SharedHour used = hour(at, 1, units);
    used.grant = of.id;
    return used;
  }
  [[nodiscard]] std::vector<StatementLine> lines(Pricing pricing) const {
    const GrantCosts costs{.terms = {terms(std::move(pricing), {.owner_basis_points = 7'000})},
                           .hours = hours};
    EarlierUses earlier;
    auto all = statement_lines(std::array{first}, costs, in_march, earlier);
    std::ranges::move(statement_lines(std::array{second}, costs, in_march, earlier),
                      std::back_inserter(all));
    return all;
  }

  GrantSpan first = span(on(10));
  GrantSpan second = granted_again();
  std::vector<SharedHour> hours{under(first, on(2), 900), under(second, on(25), 300)};
};

TEST_F(StatementOfTwoGrants, GoesOnInTheBandsWhereTheConsumerWas) {
  const auto both = lines(graduated());
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].amount_micros, 1800U) << "900 at 2";
  EXPECT_EQ(both[1].amount_micros, 500U) << "100 at 2 and 200 at 1.5";
  EXPECT_EQ(both[1].units, Amount{300});
  EXPECT_EQ(sum_up(both)[0].sum.amount_micros, cost_of(graduated(), Amount{1200}));
}

TEST_F(StatementOfTwoGrants, OwesAFixedPriceOnce) {
  const auto both = lines({.kind = PricingKind::fixed, .price_micros = 10});
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].amount_micros, 10U);
  EXPECT_EQ(both[1].amount_micros, 0U);
}

TEST_F(StatementOfTwoGrants, OwesAFixedPriceOnceThoughIdsAreNotInTheOrderOfTime) {
  std::swap(first.granted_at, second.granted_at);
  std::swap(first.ended_at, second.ended_at);
  const auto both = lines({.kind = PricingKind::fixed, .price_micros = 10});
  EXPECT_EQ(sum_up(both)[0].sum.amount_micros, 10U);
}

TEST_F(StatementOfTwoGrants, DividesWhatBothOweAsIfItWereOne) {
  hours = {under(first, on(2), 1), under(second, on(25), 1)};
  const auto both = lines({.kind = PricingKind::usage, .price_micros = 5});
  EXPECT_EQ(sum_up(both)[0].sum.owner_micros, 7U) << "70 % of 10, though 3.5 of each";
  EXPECT_EQ(sum_up(both)[0].sum.platform_micros, 3U);
}

TEST_F(StatementOfTwoGrants, IsNoneOfOtherConsumersOrPolicies) {
  second.consumer = TenantId{9, 9};
  EXPECT_EQ(lines(graduated())[1].amount_micros, 600U) << "300 at 2: nobody used it before";
}

TEST(Statement, KeepsNoTermsThatNeverHeld) {
  SharingPolicy policy;
  policy.id = money::policy;
  policy.pricing = {.kind = PricingKind::usage, .price_micros = 1};
  policy.updated_at = march - hours{24};
  std::vector<SharingTerms> all = terms_after({}, policy);
  const auto put = [&](std::uint64_t price, WallTime at) {
    policy.pricing.price_micros = price;
    policy.updated_at = at;
    all = terms_after(std::move(all), policy);
  };
  put(1, on(2));
  EXPECT_EQ(all.size(), 1U) << "nothing new";
  put(2, on(5));
  put(3, on(6));
  ASSERT_EQ(all.size(), 2U) << "no period begins between the 5th and the 6th";
  EXPECT_EQ(all[1].pricing.price_micros, 3U);
  put(4, on(6));
  ASSERT_EQ(all.size(), 2U) << "of one moment the last";
  EXPECT_EQ(all[1].pricing.price_micros, 4U);
  EXPECT_EQ(terms_from(all, on(20)).size(), 2U) << "the first hold in March";
  EXPECT_EQ(terms_from(all, in_march.end), (std::vector{all[1]}));
}

TEST(Statement, NeverAddsUpTwoCurrencies) {
  std::vector<StatementLine> lines(3);
  lines[0] = {
      .uses = 1, .currency = "USD", .amount_micros = 3, .owner_micros = 2, .platform_micros = 1};
  lines[1] = lines[0];
  lines[2] = lines[0];
  lines[2].currency = "EUR";
  EXPECT_EQ(sum_up(lines),
            (std::vector<CurrencySum>{{"EUR", {1, 1, 3, 2, 1}}, {"USD", {2, 2, 6, 4, 2}}}));
}

// ------------------------------------------------------------------------------------------- books

TEST(Books, HaveNothingToDoBeforeThereWasAnyPolicy) {
  EXPECT_FALSE(next_step({}, on(20)));
}

TEST(Books, CloseAPeriodAnHourAfterItsEndAndNotBefore) {
  const BooksProgress progress{.begun = on(3, 5)};
  EXPECT_FALSE(next_step(progress, on(4)));
  EXPECT_FALSE(next_step(progress, on(4, 1) - Duration{1}));
  EXPECT_EQ(next_step(progress, on(4, 1)), (BooksStep{BooksTask::close_days, {on(3), on(4)}}));
}

TEST(Books, PayOnlyWhatIsClosed) {
  BooksProgress progress{.begun = on(3, 5), .marks = {{BooksTask::close_days, on(4)}}};
  EXPECT_EQ(next_step(progress, on(4, 1)), (BooksStep{BooksTask::pay_daily, {on(3), on(4)}}));
  progress.marks.push_back({BooksTask::pay_daily, on(4)});
  EXPECT_FALSE(next_step(progress, on(4, 1)));
}

TEST(Books, SeeToEveryPeriodOnceAndInOrderHoweverLateTheyAre) {
  BooksProgress progress{.begun = march};
  std::vector<BooksStep> steps;
  while (const auto step = next_step(progress, in_march.end + hours{1})) {
    steps.push_back(*step);
    std::erase_if(progress.marks, [&](const BooksMark& mark) { return mark.task == step->task; });
    progress.marks.push_back({step->task, step->period.end});
  }
  const auto count = [&](BooksTask task) {
    return std::ranges::count(steps, task, &BooksStep::task);
  };
  EXPECT_EQ(count(BooksTask::close_days), 31);
  EXPECT_EQ(count(BooksTask::pay_daily), 31);
  EXPECT_EQ(count(BooksTask::close_weeks), 5) << "of February's last week its Sunday";
  EXPECT_EQ(count(BooksTask::close_months), 1);
  EXPECT_EQ(count(BooksTask::pay_monthly), 1);
  EXPECT_EQ(steps.back().task, BooksTask::pay_monthly);
  EXPECT_TRUE(std::ranges::is_sorted(steps, {}, [](const BooksStep& s) { return s.period.end; }));
}

TEST(Books, TellOfPeriodsThatRunAndOfOneThatIsNotClosedYet) {
  BooksProgress progress{.begun = on(1), .marks = {{BooksTask::close_days, on(4)}}};
  EXPECT_EQ(open_periods(progress, BillingPeriod::day, on(5)),
            (std::vector<Window>{{on(4), on(5)}, {on(5), on(6)}}));
  progress.marks.front().next = on(5);
  EXPECT_EQ(open_periods(progress, BillingPeriod::day, on(5)),
            (std::vector<Window>{{on(5), on(6)}}));
}

}  // namespace
}  // namespace sluice
