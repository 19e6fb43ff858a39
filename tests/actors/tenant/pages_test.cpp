// SPDX-License-Identifier: Apache-2.0
// Goal    Many answers are one row of the store, and what a tenant knows does not depend on how it
//         is stored.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <span>

#include "actors/tenant/ledger.hpp"
#include "tests/actors/tenant/desk.hpp"
#include "tests/actors/tenant/sharing_desk.hpp"

namespace sluice {
namespace {

using Rows = std::map<EntryId, Entry>;

/// What a store does with the rows of a flush.
void save(Rows& rows, const TenantState& state) {
  for (const Entry& entry : state.entries) {
    rows.insert_or_assign(entry.id, entry);
  }
  for (const EntryId id : state.forgotten) {
    rows.erase(id);
  }
}

class PagesSpec : public ::testing::Test {
protected:
  static constexpr std::size_t enough = Answers::page_answers_min;

  void ask(std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t id = from; id <= to; ++id) {
      desk.once(id, Mode::normal, id);
      desk.pass(1ns);
    }
  }
  void flush() { save(rows, desk.take_unsaved()); }
  [[nodiscard]] std::size_t pages() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(rows, [](const auto& row) { return is_page(row.second); }));
  }
  /// As it is after a start.
  [[nodiscard]] Desk loaded() const {
    TenantState state;
    for (const auto& [id, entry] : rows) {
      state.entries.push_back(entry);
    }
    Desk again{desk.now.wall, plan, state};
    return again;
  }

  std::shared_ptr<const Plan> plan = plan_of({unlimited(Period::day)});
  Desk desk{plan};
  Rows rows;
};

TEST_F(PagesSpec, FewAnswersHaveARowEach) {
  ask(1, enough - 1);
  flush();
  EXPECT_EQ(rows.size(), enough - 1);
  EXPECT_EQ(pages(), 0U);
}

TEST_F(PagesSpec, ManyHaveOneRowTogether) {
  ask(1, enough);
  flush();
  EXPECT_EQ(rows.size(), 1U);
  EXPECT_EQ(pages(), 1U);
}

TEST_F(PagesSpec, AfterAStartAllOfThemAreKnown) {
  ask(1, 500);
  flush();
  ask(501, 503);
  flush();
  EXPECT_EQ(rows.size(), pages() + 3);
  EXPECT_LT(pages(), 500 / enough);
  Desk again = loaded();
  for (std::uint64_t id = 1; id <= 503; ++id) {
    EXPECT_TRUE(again.once(id, Mode::normal, id).repeated) << id;
    EXPECT_EQ(again.once(id, Mode::normal, id + 1).outcome, Outcome::conflict) << id;
  }
  EXPECT_TRUE(again.take_unsaved().entries.empty()) << "the store has them";
}

TEST_F(PagesSpec, AReservationThatWasStoredOpenHasNoRowOfItsOwnOnceItIsInAPage) {
  for (std::uint64_t id = 1; id <= enough; ++id) {
    desk.reserve(id, 4);
  }
  flush();
  EXPECT_EQ(rows.size(), enough);
  for (std::uint64_t id = 1; id <= enough; ++id) {
    desk.commit(id, 3);
  }
  flush();
  EXPECT_EQ(rows.size(), 1U);
  Desk again = loaded();
  EXPECT_EQ(again.held(), Amount{0});
  EXPECT_TRUE(again.commit(1, 3).repeated);
  EXPECT_EQ(again.commit(2, 4).outcome, Outcome::conflict);
}

TEST_F(PagesSpec, APageGoesWithTheLastOfItsAnswers) {
  ask(1, enough);
  flush();
  desk.pass(24h - Duration{static_cast<std::int64_t>(enough)} + 1ns);
  ask(100, 100);
  flush();
  EXPECT_EQ(pages(), 1U) << "only some are forgotten";
  desk.pass(1h);
  ask(101, 101);
  flush();
  EXPECT_EQ(pages(), 0U);
  EXPECT_EQ(rows.size(), 2U);
}

TEST_F(PagesSpec, WhatCameOfAnIdThatWasForgottenIsWhatIsKnownOfIt) {
  ask(1, Ledger::answers_max);
  flush();
  desk.pass(1ns);
  ask(Ledger::answers_max + 1, Ledger::answers_max + 1);
  EXPECT_EQ(desk.reserve(1, 5, 1h).outcome, Outcome::allowed) << "it is forgotten, and free";
  flush();
  Desk again = loaded();
  EXPECT_EQ(again.held(), Amount{5});
  EXPECT_EQ(again.commit(1, 5).outcome, Outcome::allowed);
}

TEST_F(PagesSpec, AFlushThatFailedIsRepeatedWithThePagesThatItHad) {
  ask(1, 40);
  const TenantState lost = desk.take_unsaved();
  desk.tenant.mark_unsaved();
  ask(41, 80);
  flush();
  for (const Entry& row : lost.entries) {
    EXPECT_EQ(rows.at(row.id), row);
  }
  Desk again = loaded();
  EXPECT_TRUE(again.once(1, Mode::normal, 1).repeated);
  EXPECT_TRUE(again.once(80, Mode::normal, 80).repeated);
}

TEST_F(PagesSpec, RowsOfEarlierVersionsAreReadBesideThem) {
  ask(1, 100);
  flush();
  const TenantState state = loaded().state();
  rows.clear();
  for (const Entry& entry : state.entries) {
    rows.emplace(entry.id, entry);
  }
  EXPECT_EQ(pages(), 0U);
  desk = loaded();
  ask(101, 150);
  flush();
  EXPECT_EQ(pages(), 1U);
  Desk again = loaded();
  EXPECT_TRUE(again.once(1, Mode::normal, 1).repeated);
  EXPECT_TRUE(again.once(150, Mode::normal, 150).repeated);
}

TEST_F(PagesSpec, WhatTheJournalHasOfAnAnswerTakesThePlaceOfWhatAPageHas) {
  ask(1, 20);
  flush();
  TenantState state = loaded().state();
  const auto third = std::ranges::find(state.entries, EntryId{1, 3}, &Entry::id);
  Entry newer = *third;
  newer.first.outcome = Outcome::denied;
  state.entries.clear();
  for (const auto& [id, entry] : rows) {
    state.entries.push_back(entry);
  }
  state.entries.push_back(newer);
  Desk again{desk.now.wall, plan, state};
  EXPECT_EQ(again.once(3, Mode::normal, 3).outcome, Outcome::denied);
  EXPECT_EQ(again.once(4, Mode::normal, 4).outcome, Outcome::allowed);
}

TEST_F(PagesSpec, WhatAnotherTenantSharedIsKeptUntilTheReservationIsForgotten) {
  SharingDesk sharing;
  for (std::uint64_t id = 1; id <= enough; ++id) {
    sharing.reserve_use(id, 2);
    EXPECT_EQ(sharing.commit(id, 1).outcome, Outcome::allowed);
  }
  TenantState state;
  sharing.tenant.take_unsaved(sharing.now, state);
  const auto row = std::ranges::find_if(state.entries, is_page);
  ASSERT_NE(row, state.entries.end());
  std::span<const std::byte> rest = row->page;
  Entry answer;
  ASSERT_TRUE(take_answer(rest, answer));
  EXPECT_EQ(answer.first.sharing, ShareVerdict::admitted);
  ASSERT_TRUE(answer.under);
  EXPECT_EQ(answer.under->grant, sharing_grant().id);
}

TEST_F(PagesSpec, APageThatAJournalCallsGoneIsGone) {
  ask(1, 20);
  flush();
  TenantState state;
  state.entries.push_back(rows.begin()->second);
  state.entries.push_back(Entry{.id = rows.begin()->first});
  Desk again{desk.now.wall, plan, state};
  EXPECT_FALSE(again.once(1, Mode::normal, 1).repeated);
  EXPECT_EQ(again.take_unsaved().forgotten, std::vector{rows.begin()->first});
}

}  // namespace
}  // namespace sluice
