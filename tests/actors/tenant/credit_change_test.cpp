// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/tenant/credit_desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

bool names(const Decision& decision, std::string_view field) {
  return decision.outcome == Outcome::invalid &&
         std::string_view{decision.problem}.starts_with(std::string{field} + ": ");
}

TEST(CreditChangeSpec, VoidingTakesWhatIsLeft) {
  CreditDesk desk{{credit()}};
  desk.give(1, 10);
  desk.charge(4);
  const Decision voided = desk.take_back(1);
  EXPECT_EQ(voided.outcome, Outcome::allowed);
  EXPECT_EQ(voided.reading.remaining, Amount{0});
  EXPECT_FALSE(desk.admits(1));
  EXPECT_EQ(desk.grant(1).paid, Amount{4});
  EXPECT_TRUE(desk.take_back(1).repeated);
  EXPECT_EQ(desk.take_back(2).outcome, Outcome::no_such_hold);
}

TEST(CreditChangeSpec, GivingUnderTheSameIdIsGivingOnce) {
  CreditDesk desk{{credit()}};
  desk.give(1, 10);
  desk.pass(1h);
  const Decision again = desk.give(1, 10);
  EXPECT_EQ(again.outcome, Outcome::allowed);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(desk.balance(), Amount{10});
  EXPECT_EQ(desk.give(1, 11).outcome, Outcome::conflict);
}

TEST(CreditChangeSpec, WhatWasGivenIsSaidAgainEvenOnceItHasExpired) {
  CreditDesk desk{{credit()}};
  const GrantTerms terms{.amount = Amount{10}, .expires_at = noon + 1h};
  desk.give(1, terms);
  desk.pass(2h);
  const Decision again = desk.give(1, terms);
  EXPECT_EQ(again.outcome, Outcome::allowed);
  EXPECT_TRUE(again.repeated);
  EXPECT_TRUE(names(desk.give(2, terms), "grant.expires_at"));
}

TEST(CreditChangeSpec, AnIdIsAGrantsOrAReservationsAndNotBoth) {
  CreditDesk desk{{credit()}};
  desk.give(1, 10);
  EXPECT_EQ(desk.reserve(1, 1).outcome, Outcome::conflict);
  EXPECT_EQ(desk.lease(1, 1).outcome, Outcome::conflict);
  desk.reserve(2, 1);
  EXPECT_EQ(desk.give(2, 10).outcome, Outcome::conflict);
}

TEST(CreditChangeSpec, BadTermsAreRefusedByNameAndChangeNothing) {
  CreditDesk desk{{credit()}};
  const auto bad = [&](GrantTerms terms) { return desk.give(1, terms); };
  EXPECT_TRUE(names(bad({.amount = Amount{0}}), "grant.amount"));
  EXPECT_TRUE(names(bad({.amount = Amount{1}, .expires_at = noon}), "grant.expires_at"));
  EXPECT_TRUE(names(bad({.amount = Amount{1}, .effective_at = noon + 1h, .expires_at = noon + 1h}),
                    "grant.expires_at"));
  EXPECT_TRUE(names(bad({.amount = Amount{1}, .recurrence = Recurrence{Period::never, 1, noon}}),
                    "grant.recurrence.period"));
  EXPECT_TRUE(names(bad({.amount = Amount{1}, .recurrence = Recurrence{Period::minute, 1, noon}}),
                    "grant.recurrence.period"));
  EXPECT_TRUE(names(bad({.amount = Amount{1}, .recurrence = Recurrence{Period::day, 0, noon}}),
                    "grant.recurrence.every"));
  EXPECT_TRUE(
      names(bad({.amount = Amount{1}, .rollover = {Amount{2}, Amount{1}}}), "grant.rollover.min"));
  EXPECT_TRUE(names(desk.give(1, GrantTerms{.amount = Amount{1}}, "other"), "limit"));
  EXPECT_TRUE(names(desk.give(0, 1), "grant.id"));
  EXPECT_EQ(desk.grants().size(), 0U);
  EXPECT_EQ(desk.effect, Effect::none);
}

TEST(CreditChangeSpec, AResetStartsThePeriodAgain) {
  CreditDesk desk{{for_overage(credit(), 7)}};
  desk.give(1, GrantTerms{.amount = Amount{100}, .rollover = {Amount{20}, Amount{50}}});
  desk.charge(130);
  EXPECT_EQ(desk.owed(), Amount{30});
  desk.reset();
  EXPECT_EQ(desk.owed(), Amount{0});
  EXPECT_EQ(desk.balance(), Amount{20});
  EXPECT_EQ(desk.used(), Amount{0});
}

TEST(CreditChangeSpec, AResetMayKeepWhatIsOwedForGrantsToPay) {
  CreditDesk desk{{for_overage(credit(), 7)}};
  desk.give(1, GrantTerms{.amount = Amount{100}, .rollover = {Amount{20}, Amount{50}}});
  desk.charge(130);
  desk.reset(true);
  EXPECT_EQ(desk.owed(), Amount{10});
  EXPECT_EQ(desk.balance(), Amount{0});
}

TEST(CreditChangeSpec, NoTwoRowsOfHistoryHaveTheSameKey) {
  CreditDesk desk{{credit()}};
  desk.give(1, GrantTerms{.amount = Amount{10}, .rollover = {Amount{10}, Amount{10}}});
  for (int i = 0; i < 3; ++i) {
    desk.charge(2);
    desk.reset();
    desk.charge(1);
    desk.take_back(static_cast<std::uint64_t>(i));
  }
  const auto& rows = desk.happenings.closed_windows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_FALSE(rows[i].window.ended_at == rows[j].window.ended_at &&
                   rows[i].window.paid_by == rows[j].window.paid_by);
    }
  }
}

TEST(CreditChangeSpec, GrantsThatAreUsedUpMakePlaceSoThatTopUpsGoOn) {
  CreditDesk desk{{credit()}};
  for (std::uint64_t id = 1; id <= 250; ++id) {
    ASSERT_EQ(desk.give(id, 10).outcome, Outcome::allowed) << id;
    ASSERT_TRUE(desk.admits(10)) << id;
  }
  EXPECT_EQ(desk.grants().size(), grants_per_tenant_max);
  EXPECT_EQ(desk.grant(150).id, EntryId{}) << "the first ones gave way";
  std::uint64_t paid = 0;
  for (const WindowRow& row : desk.happenings.closed_windows) {
    paid += row.window.paid_by == EntryId{1, 150} ? row.window.used.raw() : 0;
  }
  EXPECT_EQ(paid, 10U) << "history has what it paid";
}

TEST(CreditChangeSpec, AGrantThatIsUsedUpStaysIfMoreComesOfIt) {
  CreditDesk desk{{credit(Period::month)}};
  desk.give(1, GrantTerms{.amount = Amount{1}, .recurrence = Recurrence{Period::day, 1, noon}});
  desk.give(2, GrantTerms{.amount = Amount{1}, .rollover = {Amount{1}, Amount{1}}});
  desk.give(3, GrantTerms{.amount = Amount{1}, .effective_at = noon + 24h});
  desk.charge(2);
  for (std::uint64_t id = 4; id <= grants_per_tenant_max; ++id) {
    desk.give(id, 5);
  }
  EXPECT_EQ(desk.give(101, 5).outcome, Outcome::invalid);
  EXPECT_EQ(desk.grants().size(), grants_per_tenant_max);
}

TEST(CreditChangeSpec, ATenantHasAHundredGrantsAndThoseThatEndedMakePlace) {
  CreditDesk desk{{credit()}};
  for (std::uint64_t id = 1; id <= 99; ++id) {
    ASSERT_EQ(desk.give(id, 1).outcome, Outcome::allowed);
  }
  desk.give(100, GrantTerms{.amount = Amount{1}, .expires_at = noon + 1h});
  EXPECT_TRUE(names(desk.give(101, 1), "grant"));
  desk.pass(1h);
  EXPECT_EQ(desk.give(101, 1).outcome, Outcome::allowed);
  EXPECT_EQ(desk.grants().size(), 100U);
  EXPECT_EQ(desk.grant(100).id, EntryId{});
  const TenantState unsaved = desk.take_unsaved();
  EXPECT_EQ(unsaved.forgotten, std::vector<EntryId>{(EntryId{1, 100})});
}

}  // namespace
}  // namespace sluice
