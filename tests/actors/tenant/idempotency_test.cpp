// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/ledger.hpp"
#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(IdempotencySpec, ACheckIsChargedOnceAndAnsweredAsTheFirstTime) {
  Desk desk{{window(10, Period::day)}};
  const Decision first = desk.once(1, Mode::normal, 4);
  desk.charge(3);
  Decision again = desk.once(1, Mode::normal, 4);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(desk.effect, Effect::none);
  again.repeated = false;
  EXPECT_EQ(again, first);
  EXPECT_EQ(desk.used(), Amount{7});
}

TEST(IdempotencySpec, ARefusalIsRememberedToo) {
  Desk desk{{window(10, Period::never)}};
  desk.charge(10);
  ASSERT_EQ(desk.once(1, Mode::normal, 1).outcome, Outcome::denied);
  desk.release(5);
  EXPECT_EQ(desk.once(1, Mode::normal, 1).outcome, Outcome::denied);
  EXPECT_EQ(desk.once(2, Mode::normal, 1).outcome, Outcome::allowed);
}

TEST(IdempotencySpec, AnotherRequestUnderTheSameIdIsAConflict) {
  Desk desk{{window(10, Period::day)}};
  desk.once(1, Mode::normal, 4);
  EXPECT_EQ(desk.once(1, Mode::normal, 5).outcome, Outcome::conflict);
  EXPECT_EQ(desk.once(1, Mode::record, 4).outcome, Outcome::conflict);
  EXPECT_EQ(desk.once(1, Mode::normal, {{llm_tokens, Amount{4}}}).outcome, Outcome::conflict);
  EXPECT_EQ(desk.used(), Amount{4});
}

TEST(IdempotencySpec, HoldsInEveryModeThatChangesSomething) {
  Desk desk{{window(10, Period::never)}};
  EXPECT_EQ(desk.once(1, Mode::best_effort, 4).granted, Amount{4});
  EXPECT_EQ(desk.once(1, Mode::best_effort, 4).granted, Amount{4});
  desk.once(2, Mode::record, 3);
  desk.once(2, Mode::record, 3);
  desk.once(3, Mode::release, 2);
  desk.once(3, Mode::release, 2);
  EXPECT_EQ(desk.used(), Amount{5});
}

TEST(IdempotencySpec, APeekIsNeverRemembered) {
  Desk desk{{window(10, Period::day)}};
  EXPECT_EQ(desk.once(1, Mode::peek, 4).outcome, Outcome::allowed);
  EXPECT_FALSE(desk.once(1, Mode::peek, 5).repeated);
}

TEST(IdempotencySpec, WhatIsInvalidIsNotRemembered) {
  Desk desk{{window(10, Period::day)}};
  EXPECT_EQ(desk.once(1, Mode::release, 4).outcome, Outcome::invalid);
  EXPECT_EQ(desk.once(1, Mode::normal, 4).outcome, Outcome::allowed);
}

TEST(IdempotencySpec, IsRememberedForADay) {
  Desk desk{{window(10, Period::never)}};
  desk.once(1, Mode::normal, 4);
  desk.pass(24h - 1ns);
  EXPECT_TRUE(desk.once(1, Mode::normal, 4).repeated);
  desk.pass(1ns);
  EXPECT_FALSE(desk.once(1, Mode::normal, 4).repeated);
}

TEST(IdempotencySpec, TheLatestTenThousandAreRemembered) {
  Desk desk{{unlimited(Period::day)}};
  for (std::uint64_t id = 1; id <= Ledger::answers_max + 1; ++id) {
    desk.once(id, Mode::normal, 1);
    desk.pass(1ns);
  }
  EXPECT_TRUE(desk.once(2, Mode::normal, 1).repeated);
  EXPECT_FALSE(desk.once(1, Mode::normal, 1).repeated);
}

TEST(IdempotencySpec, SurvivesARestart) {
  const auto plan = plan_of({window(10, Period::day)});
  Desk desk{plan};
  const Decision first = desk.once(1, Mode::normal, 4);
  Desk again{desk.now.wall, plan, desk.state()};
  Decision repeated = again.once(1, Mode::normal, 4);
  EXPECT_TRUE(repeated.repeated);
  repeated.repeated = false;
  EXPECT_EQ(repeated, first);
}

TEST(IdempotencySpec, WhatChangedIsTakenOnceAndWhatIsForgottenIsNamed) {
  Desk desk{{window(10, Period::day)}};
  desk.once(1, Mode::normal, 4);
  TenantState state;
  desk.tenant.take_unsaved(desk.now, state);
  ASSERT_EQ(state.entries.size(), 1U);
  EXPECT_EQ(state.entries[0].id, (EntryId{1, 1}));
  state.clear();
  desk.tenant.take_unsaved(desk.now, state);
  EXPECT_TRUE(state.entries.empty());
  desk.pass(24h);
  desk.once(2, Mode::normal, 4);
  desk.tenant.take_unsaved(desk.now, state);
  ASSERT_EQ(state.forgotten.size(), 1U);
  EXPECT_EQ(state.forgotten[0], (EntryId{1, 1}));
  state.clear();
  desk.tenant.mark_unsaved();
  desk.tenant.take_unsaved(desk.now, state);
  ASSERT_EQ(state.forgotten.size(), 1U) << "the store did not hear of it";
}

}  // namespace
}  // namespace sluice
