// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/credit_account.hpp"

#include <gtest/gtest.h>

#include "tests/actors/tenant/credit_desk.hpp"

namespace sluice {
namespace {

const WallTime d0 = utc("2024-01-01T00:00:00Z");

/// An account with its count, as a tenant keeps them.
class Account {
public:
  explicit Account(const Limit& limit = alerting(credit()), WallTime since = d0 - 24h)
      : plan(plan_of({limit})), account(since) {
    account.adopt(count, of());
  }

  [[nodiscard]] CreditAccount::Of of() const {
    const PlannedLimit& limit = plan->planned()[0];
    return {limit.id, limit.meter, limit.credit(), &plan->calendar()};
  }
  void go_on(WallTime now) { account.go_on(count, of(), now, rows); }
  void give(std::uint64_t id, GrantTerms terms) {
    account.give(Grant{.id = EntryId{0, id},
                       .limit = LimitId{1},
                       .terms = terms,
                       .given_at = account.settled_at()},
                 count, of());
  }
  void use(WallTime at, std::uint64_t amount) {
    go_on(at);
    count.take(Amount{amount});
  }
  [[nodiscard]] Amount left(std::uint64_t id) {
    account.go_on(count, of(), account.settled_at(), rows);
    return account.find(EntryId{0, id})->balance;
  }

  std::shared_ptr<const Plan> plan;
  CreditCount count{};
  CreditAccount account;
  CreditAccount::Rows rows;
};

GrantTerms hundred() {
  return {.amount = Amount{100}, .effective_at = d0, .expires_at = d0 + 24h * 30};
}

TEST(CreditAccountSpec, WhatWasSpentBeforeAGrantStartsIsPaidWhenItDoes) {
  Account account;
  account.give(1, hundred());
  account.use(d0 - 1h, 25);
  EXPECT_EQ(account.count.owed, Amount{25});
  account.go_on(d0);
  EXPECT_EQ(account.count.owed, Amount{});
  account.use(d0 + 1h, 25);
  EXPECT_EQ(account.left(1), Amount{50});
}

TEST(CreditAccountSpec, AResetAndARecurrenceAtTheSameInstantLeaveAFullGrant) {
  Account account;
  GrantTerms terms = hundred();
  terms.recurrence = Recurrence{Period::day, 1, d0};
  account.give(1, terms);
  account.use(d0 + 1h, 10);
  account.account.reset(false, account.count, account.of(), d0 + 24h, account.rows);
  EXPECT_EQ(account.left(1), Amount{100});
  EXPECT_EQ(account.count.used, Amount{});
}

TEST(CreditAccountSpec, APeriodThatEndsWhenAGrantRecursLeavesAFullGrant) {
  Account account{alerting(credit(Period::day))};
  GrantTerms terms = hundred();
  terms.recurrence = Recurrence{Period::day, 1, d0};
  account.give(1, terms);
  account.use(d0 + 1h, 10);
  account.go_on(d0 + 24h);
  EXPECT_EQ(account.left(1), Amount{100});
}

TEST(CreditAccountSpec, AGrantThatEndsAtAResetIsNotRolledOver) {
  Account account;
  account.give(1, {.amount = Amount{1000},
                   .effective_at = d0 + 2h,
                   .expires_at = d0 + 72h,
                   .rollover = {Amount{10}, Amount{1000}}});
  account.account.reset(false, account.count, account.of(), d0 + 72h, account.rows);
  EXPECT_EQ(account.count.balance, Amount{});
}

TEST(CreditAccountSpec, ManyResetsInARowDoWhatOneDoes) {
  Account account{alerting(credit(Period::hour))};
  account.give(1,
               {.amount = Amount{100}, .effective_at = d0, .rollover = {Amount{30}, Amount{60}}});
  account.use(d0, 90);
  account.go_on(d0 + 1h);
  EXPECT_EQ(account.left(1), Amount{30});
  account.go_on(d0 + 24h * 365);
  EXPECT_EQ(account.left(1), Amount{30});
}

TEST(CreditAccountSpec, IdleYearsOfAnHourlyRecurrencePayWhatIsOwedStepByStep) {
  Account account;
  account.use(d0 - 1h, 10'000);
  account.give(
      1, {.amount = Amount{1}, .effective_at = d0, .recurrence = Recurrence{Period::hour, 1, d0}});
  account.go_on(d0 + 24h * 365);
  EXPECT_EQ(account.count.owed, Amount{10'000 - 365 * 24 - 1});
  EXPECT_LE(account.rows.size(), 2U) << "and history is told of it at once";
}

TEST(CreditAccountSpec, NextFitKnowsOfRolloverOfCapsAndOfGrantsThatEnd) {
  Account account{credit(Period::day)};
  account.give(1, {.amount = Amount{10}, .effective_at = d0, .rollover = {Amount{8}, Amount{8}}});
  account.give(2, {.amount = Amount{5},
                   .effective_at = d0 + 1h,
                   .expires_at = d0 + 2h,
                   .recurrence = Recurrence{Period::week, 1, d0 + 1h}});
  account.use(d0, 10);
  const auto next = [&](std::uint64_t amount) {
    return account.account.next_fit(account.count, Amount{}, Amount{amount}, account.of());
  };
  EXPECT_EQ(next(5), d0 + 1h);
  EXPECT_EQ(next(8), d0 + 24h) << "what rolls over at least";
  EXPECT_EQ(next(9), std::nullopt);
}

TEST(CreditAccountSpec, AHundredThousandGrantsAreBurntInOrder) {
  Account account;
  account.go_on(d0);
  constexpr std::uint64_t count = 100'000;
  for (std::uint64_t id = 1; id < count; ++id) {
    account.account.restore(Grant{.id = EntryId{1, id},
                                  .limit = LimitId{1},
                                  .terms = hundred(),
                                  .given_at = d0,
                                  .balance = Amount{100}},
                            account.of());
  }
  GrantTerms first = hundred();
  first.expires_at = d0 + 24h * 29;
  account.account.restore(Grant{.id = EntryId{0, 7},
                                .limit = LimitId{1},
                                .terms = first,
                                .given_at = d0,
                                .balance = Amount{100}},
                          account.of());
  account.count.balance = account.account.balance();
  account.use(d0 + 1h, 99);
  account.go_on(d0 + 24h);
  EXPECT_EQ(account.left(7), Amount{1});
  EXPECT_EQ(account.account.balance(), Amount{100 * count - 99});
}

TEST(CreditAccountSpec, OfAGrantThatIsStoredTwiceTheLaterStateCounts) {
  Account account;
  for (const std::uint64_t balance : {100U, 60U}) {
    account.account.restore(Grant{.id = EntryId{0, 1},
                                  .limit = LimitId{1},
                                  .terms = hundred(),
                                  .given_at = d0,
                                  .balance = Amount{balance}},
                            account.of());
  }
  EXPECT_EQ(account.account.size(), 1U);
  EXPECT_EQ(account.account.balance(), Amount{60});
}

}  // namespace
}  // namespace sluice
