// SPDX-License-Identifier: Apache-2.0
// How the counters of labels are kept, stored and forgotten.
#include "actors/tenant/cells.hpp"
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace sluice {
namespace {

/// So many users as there may be counters.
const std::vector<std::string>& crowd() {
  static const std::vector<std::string> crowd = [] {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < Cells::live_max; ++i) {
      names.push_back("user" + std::to_string(i));
    }
    return names;
  }();
  return crowd;
}

void charge_all(Desk& desk, Mode mode = Mode::normal) {
  for (const std::string& user : crowd()) {
    desk.as_user(user);
    ASSERT_EQ(desk.check({{api_requests, Amount{1}}}, mode).outcome, Outcome::allowed);
    desk.happenings.clear();
  }
}

bool has_no_place(Desk& desk, std::string_view user) {
  desk.as_user(user);
  const Decision decision = desk.charge(1);
  return decision.outcome == Outcome::invalid &&
         std::string_view{decision.problem}.starts_with("labels: ");
}

std::vector<Entry> counters_of_labels(const TenantState& state) {
  std::vector<Entry> counting;
  std::ranges::copy_if(state.entries, std::back_inserter(counting),
                       [](const Entry& entry) { return entry.state == EntryState::counting; });
  return counting;
}

const std::vector<OwnedLabel> anns{{"user", "ann"}};

TEST(LabelCounterSpec, GoesOnUnderAChangedSizeOrCondition) {
  Desk desk{{per({"user"}, window(10, Period::day))}};
  desk.as_user("ann");
  desk.charge(6);
  desk.adopt({per({"user"}, window(20, Period::day))});
  EXPECT_EQ(desk.met().used, Amount{6});
  desk.adopt({unless("model", {"small"}, per({"user"}, window(20, Period::day)))});
  EXPECT_EQ(desk.met().used, Amount{6});
}

TEST(LabelCounterSpec, OfARateKeepsWhatIsOwed) {
  Desk desk{{per({"user"}, rate(1, 1s, 10))}};
  desk.as_user("ann");
  desk.charge(8);
  desk.adopt({per({"user"}, rate(1, 10s, 20))});
  EXPECT_EQ(desk.met().remaining, Amount{12});
}

TEST(LabelCounterSpec, IsForgottenWithOtherLabelsOrAnotherKindOrItsLimit) {
  for (const std::vector<Limit>& after :
       {std::vector{per({"team"}, window(10, Period::day))},
        std::vector{per({"user", "team"}, window(10, Period::day))},
        std::vector{per({"user"}, sliding(10, 1min))}, std::vector<Limit>{}}) {
    Desk desk{{per({"user"}, window(10, Period::day))}};
    desk.as({{"user", "ann"}, {"team", "search"}});
    desk.charge(6);
    const EntryId id = counters_of_labels(desk.state()).at(0).id;
    desk.adopt(after);
    EXPECT_EQ(desk.take_unsaved().forgotten, std::vector{id});
    EXPECT_EQ(desk.met().used, Amount{0});
  }
}

TEST(LabelCounterSpec, FewerLimitsThanBeforeAreTakenOverWell) {
  std::vector<Limit> limits(20, per({"user"}, window(10, Period::minute)));
  limits.resize(40, window(10, Period::minute));
  std::rotate(limits.begin(), limits.begin() + 20, limits.end());
  Desk desk{limits};
  desk.as_user("ann");
  desk.charge(3);
  desk.pass(1min);
  desk.adopt({window(10, Period::minute)});
  EXPECT_EQ(desk.used(), Amount{0});
  EXPECT_EQ(desk.happenings.closed_windows.size(), 20U) << "of those that are not for labels";
}

TEST(LabelCounterSpec, WhatIsHeldMovesToTheCounterThatNowCounts) {
  Desk desk{{per({"user"}, window(10, Period::day))}};
  desk.as({{"user", "ann"}, {"team", "search"}});
  desk.reserve(1, 6);
  desk.as({});
  desk.adopt({per({"team"}, window(10, Period::day))});
  desk.as({{"team", "search"}});
  EXPECT_EQ(desk.met().held, Amount{6});
  desk.commit(1, 4);
  EXPECT_EQ(desk.met().held, Amount{0});
  EXPECT_EQ(desk.met().used, Amount{4});
}

TEST(LabelCounterSpec, OfARateIsChargedWithWhatIsHeldWhenItsLabelsChange) {
  Desk desk{{per({"user"}, rate(1, 1h, 15))}};
  desk.as({{"user", "ann"}, {"team", "search"}});
  desk.reserve(1, 8);
  desk.adopt({per({"team"}, rate(1, 1h, 15))});
  EXPECT_EQ(desk.met().remaining, Amount{7});
  EXPECT_TRUE(desk.admits(7));
  desk.cancel(1);
  EXPECT_EQ(desk.met().remaining, Amount{8});
}

TEST(LabelCounterSpec, StartsAgainWithItsWindowAndLeavesNoHistoryOfItsOwn) {
  Desk desk{{per({"user"}, window(10, Period::minute))}};
  desk.as_user("ann");
  desk.charge(6);
  desk.pass(1min);
  EXPECT_EQ(desk.met().used, Amount{0});
  EXPECT_TRUE(desk.happenings.closed_windows.empty());
}

TEST(LabelCounterSpec, ThresholdsFireForEachOfThem) {
  Desk desk{{with_thresholds(per({"user"}, window(10, Period::day)), {50})}};
  for (const std::string_view user : {"ann", "bob"}) {
    desk.as_user(user);
    desk.charge(5);
    desk.charge(1);
  }
  EXPECT_EQ(desk.happenings.crossed.size(), 2U);
}

TEST(LabelCounterSpec, ATenantMadeOfWhatIsStoredIsTheSameTenant) {
  const auto plan = plan_of({per({"user"}, window(10, Period::day)), per({"user"}, rate(1, 1s, 20)),
                             per({"user"}, sliding(30, 1min)), per({"user"}, concurrency(9)),
                             per({"team"}, window(50, Period::never, users))});
  Desk desk{plan};
  desk.as({{"user", "ann"}, {"team", "search"}});
  desk.reserve(1, 4);
  desk.reserve(2, 3);
  desk.commit(2, 2);
  desk.charge(7, users);
  desk.as_user("bob");
  desk.reserve(3, 8);
  desk.pass(1s);
  Desk again{desk.now.wall, plan, desk.state()};
  EXPECT_EQ(again.state().entries, desk.state().entries);
  EXPECT_EQ(again.state().counters, desk.state().counters);
  for (Desk* const either : {&desk, &again}) {
    either->as({{"user", "ann"}, {"team", "search"}});
    EXPECT_EQ(either->met().held, Amount{4});
    EXPECT_EQ(either->met().used, Amount{2});
    EXPECT_EQ(either->met(users).used, Amount{7});
    EXPECT_EQ(either->reserve(4, 5).outcome, Outcome::denied);
    either->commit(1, 1);
    EXPECT_EQ(either->met().remaining, Amount{7});
    either->as_user("bob");
    EXPECT_EQ(either->met().held, Amount{8});
  }
  EXPECT_EQ(again.state().counters, desk.state().counters);
}

TEST(LabelCounterSpec, StoredOnesThatNoLimitCountsAnyMoreAreForgotten) {
  Desk desk{{per({"user"}, window(10, Period::day))}};
  desk.as_user("ann");
  desk.charge(6);
  const EntryId id = counters_of_labels(desk.state()).at(0).id;
  for (const Limit& other : {per({"team"}, window(10, Period::day)), window(10, Period::day)}) {
    Desk again{desk.now.wall, plan_of({other}), desk.state()};
    EXPECT_TRUE(counters_of_labels(again.state()).empty());
    EXPECT_EQ(again.take_unsaved().forgotten, std::vector{id});
  }
}

// A checkpoint writes such an entry over the counter that the store may still have.
TEST(LabelCounterSpec, OneThatTheJournalCallsGoneStartsAfreshAndItsNewRowStays) {
  const auto plan = plan_of({per({"user"}, window(10, Period::day))});
  Desk desk{plan};
  desk.as_user("ann");
  desk.charge(6);
  TenantState state = desk.state();
  const EntryId id = counters_of_labels(state).at(0).id;
  state.entries.push_back(Entry{.id = id, .begun = desk.now.wall, .due = desk.now.wall});
  Desk again{desk.now.wall, plan, state};
  again.as_user("ann");
  again.charge(1);
  const TenantState unsaved = again.take_unsaved();
  ASSERT_EQ(counters_of_labels(unsaved).size(), 1U);
  EXPECT_EQ(counters_of_labels(unsaved)[0].counter->used, Amount{1});
  EXPECT_TRUE(unsaved.forgotten.empty());
}

// Earlier versions might give ids that pages have now.
TEST(LabelCounterSpec, OneThatIsStoredUnderAnIdOfBeforeMovesToAnother) {
  const auto plan = plan_of({per({"user"}, window(10, Period::day))});
  Desk desk{plan};
  desk.as_user("ann");
  desk.charge(6);
  TenantState state = desk.state();
  const EntryId before{reserved_id_high, 7};
  state.entries.at(0).id = before;
  Desk again{desk.now.wall, plan, state};
  const TenantState unsaved = again.take_unsaved();
  ASSERT_EQ(counters_of_labels(unsaved).size(), 1U);
  EXPECT_EQ(counters_of_labels(unsaved)[0].counter->used, Amount{6});
  EXPECT_NE(counters_of_labels(unsaved)[0].id, before);
  EXPECT_EQ(unsaved.forgotten, std::vector{before});
}

TEST(LabelCounterSpec, ThereMayBeSoManyThatCount) {
  Desk desk{{per({"user"}, window(5, Period::day))}};
  charge_all(desk);
  EXPECT_TRUE(has_no_place(desk, "one-too-many"));
  desk.as_user(crowd().front());
  EXPECT_TRUE(desk.admits(4)) << "those that are there go on";
  EXPECT_FALSE(desk.admits(1));
}

TEST(LabelCounterSpec, WithoutAPlaceForACounterNothingIsChargedElsewhere) {
  Desk desk{{per({"user"}, window(5, Period::day)), window(1'000'000, Period::day),
             window(10, Period::day, llm_tokens)}};
  charge_all(desk);
  const Amount before = desk.used(1);
  EXPECT_TRUE(has_no_place(desk, "one-too-many"));
  EXPECT_EQ(desk.reserve(1, 1).outcome, Outcome::invalid);
  EXPECT_EQ(desk.lease(2, 1).outcome, Outcome::invalid);
  EXPECT_EQ(desk.used(1), before);
  EXPECT_EQ(desk.held(1), Amount{0});
}

TEST(LabelCounterSpec, ARequestMakesCountersOnlyForTheMetersThatItCharges) {
  Desk desk{{window(100, Period::day), per({"user"}, window(10, Period::day, llm_tokens))}};
  desk.charge(1);
  TenantState state;
  desk.tenant.snapshot(desk.now, state);
  EXPECT_TRUE(state.entries.empty());
}

TEST(LabelCounterSpec, MakesPlaceOnceItsWindowIsOver) {
  Desk desk{{per({"user"}, window(5, Period::minute))}};
  charge_all(desk);
  desk.pass(1min - 1ns);
  EXPECT_TRUE(has_no_place(desk, "one-too-many"));
  desk.pass(1ns);
  EXPECT_FALSE(has_no_place(desk, "one-too-many"));
}

TEST(LabelCounterSpec, MakesPlaceOnceItsBurstIsFullAgain) {
  Desk desk{{per({"user"}, rate(1, 1s, 5))}};
  charge_all(desk);
  desk.pass(1s - 1ns);
  EXPECT_TRUE(has_no_place(desk, "one-too-many"));
  desk.pass(1ns);
  EXPECT_FALSE(has_no_place(desk, "one-too-many"));
}

TEST(LabelCounterSpec, MakesPlaceOnceASlidingWindowIsPast) {
  Desk desk{{per({"user"}, sliding(5, 1min))}};
  charge_all(desk);
  desk.pass(2min - 1ns);
  EXPECT_TRUE(has_no_place(desk, "one-too-many"));
  desk.pass(1ns);
  EXPECT_FALSE(has_no_place(desk, "one-too-many"));
}

TEST(LabelCounterSpec, MakesPlaceOnceItsGaugeIsAtZero) {
  Desk desk{{per({"user"}, window(5, Period::never))}};
  charge_all(desk);
  desk.pass(365 * 24h);
  EXPECT_TRUE(has_no_place(desk, "one-too-many"));
  desk.as_user(crowd()[7]);
  desk.release(1);
  EXPECT_FALSE(has_no_place(desk, "one-too-many"));
  EXPECT_TRUE(has_no_place(desk, "two-too-many"));
}

TEST(LabelCounterSpec, MakesNoPlaceWhileSomethingOfItIsHeld) {
  Desk desk{{per({"user"}, window(5, Period::minute))}};
  charge_all(desk, Mode::peek);
  desk.as_user(crowd()[7]);
  desk.reserve(1, 4, 1h);
  desk.pass(10min);
  EXPECT_FALSE(has_no_place(desk, "another"));
  desk.as_user(crowd()[7]);
  EXPECT_EQ(desk.met().held, Amount{4});
}

TEST(LabelCounterSpec, WhoeverOnlyAsksTakesNoPlaceForLong) {
  Desk desk{{per({"user"}, window(5, Period::day))}};
  charge_all(desk, Mode::peek);
  EXPECT_FALSE(has_no_place(desk, "another"));
  EXPECT_LT(counters_of_labels(desk.state()).size(), 10U);
}

TEST(LabelCounterSpec, TheStoreIsToldOfWhatChangedAndOfNothingElse) {
  Desk desk{{per({"user"}, window(5, Period::day))}};
  desk.as_user("ann");
  desk.charge(2);
  const auto told = counters_of_labels(desk.take_unsaved());
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].id.high, reserved_id_high);
  EXPECT_EQ(told[0].labels, anns);
  EXPECT_EQ(told[0].counter->limit, LimitId{1});
  EXPECT_EQ(told[0].counter->used, Amount{2});
  desk.charge(9);
  desk.peek(1);
  EXPECT_TRUE(counters_of_labels(desk.take_unsaved()).empty());
  desk.tenant.mark_unsaved();
  EXPECT_EQ(counters_of_labels(desk.take_unsaved()), told);
  desk.charge(1);
  EXPECT_EQ(counters_of_labels(desk.take_unsaved()).at(0).id, told[0].id);
}

TEST(LabelCounterSpec, TheStoreIsToldOfWhatWasForgottenUntilItIsKnownThere) {
  Desk desk{{per({"user"}, window(5, Period::minute))}};
  charge_all(desk);
  desk.take_unsaved();
  desk.pass(1min);
  desk.as_user("another");
  desk.charge(1);
  TenantState state = desk.take_unsaved();
  EXPECT_EQ(state.forgotten.size(), Cells::live_max);
  EXPECT_EQ(counters_of_labels(state).size(), 1U);
  desk.tenant.mark_unsaved();
  desk.as_user(crowd().front());
  desk.charge(1);
  state = desk.take_unsaved();
  EXPECT_EQ(state.forgotten.size(), Cells::live_max - 1) << "one is there again";
  EXPECT_EQ(counters_of_labels(state).size(), 2U);
  EXPECT_TRUE(desk.take_unsaved().forgotten.empty());
}

TEST(LabelCounterSpec, TheStoreIsToldOfOneThatCameBackEvenIfItWasNotCharged) {
  Desk desk{{per({"user"}, window(10, Period::day))}};
  desk.as_user("ann");
  desk.charge(6);
  desk.take_unsaved();
  desk.adopt({per({"user"}, sliding(10, 1min))});
  desk.peek(1);
  const TenantState state = desk.take_unsaved();
  EXPECT_TRUE(state.forgotten.empty());
  ASSERT_EQ(counters_of_labels(state).size(), 1U);
  EXPECT_EQ(counters_of_labels(state)[0].counter->used, Amount{0});
}

TEST(LabelCounterSpec, ADecisionTellsWhichOfThemItChanged) {
  Desk desk{{per({"user"}, window(5, Period::day)), per({"team"}, window(9, Period::day)),
             window(100, Period::day)}};
  desk.as({{"user", "ann"}, {"team", "search"}});
  desk.charge(3);
  ASSERT_EQ(desk.happenings.entries.size(), 2U);
  EXPECT_EQ(desk.happenings.entries[0]->counter->used, Amount{3});
  EXPECT_EQ(desk.happenings.entries[0]->labels, anns);
  EXPECT_EQ(desk.happenings.entries[1]->counter->limit, LimitId{2});
  desk.happenings.clear();
  desk.charge(3);
  desk.peek(1);
  EXPECT_TRUE(desk.happenings.entries.empty());
  EXPECT_EQ(desk.effect, Effect::none);
}

TEST(LabelCounterSpec, WhatEndsByItselfTellsOfItsCounter) {
  Desk desk{{per({"user"}, window(5, Period::day))}};
  desk.as_user("ann");
  desk.reserve(1, 3, 30s);
  desk.once(1, Mode::extend, 2, 30s);
  desk.pass(30s);
  desk.happenings.clear();
  EXPECT_EQ(desk.tenant.end_overdue(desk.now, desk.happenings), Effect::charged);
  ASSERT_EQ(desk.happenings.entries.size(), 2U);
  const auto counting = std::ranges::find(desk.happenings.entries, EntryState::counting,
                                          [](const Entry* entry) { return entry->state; });
  ASSERT_NE(counting, desk.happenings.entries.end());
  EXPECT_EQ((*counting)->counter->used, Amount{2});
}

TEST(LabelCounterSpec, EntriesThatTheStoreMayNotHaveAreVisited) {
  Desk desk{{per({"user"}, window(5, Period::day))}};
  desk.as_user("ann");
  desk.once(1, Mode::normal, 1);
  std::size_t visited = 0;
  const auto count = [&visited](const Entry&) { ++visited; };
  desk.tenant.each_unsaved_entry(desk.now, count);
  EXPECT_EQ(visited, 2U);
  desk.take_unsaved();
  desk.tenant.each_unsaved_entry(desk.now, count);
  EXPECT_EQ(visited, 2U);
  desk.tenant.each_entry(desk.now, count);
  EXPECT_EQ(visited, 4U);
}

}  // namespace
}  // namespace sluice
