// SPDX-License-Identifier: Apache-2.0
// How the rows of a tenant get from one place to another.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/storage/moving_tenants.hpp"

namespace sluice::test {

using PostgresMoves = MovingTenants;

TEST_F(PostgresMoves, TakeEverythingAlongFromEachPlaceToEachOther) {
  std::uint64_t n = 0;
  for (const Placement& to :
       {own_schema, in_instance_other, among_others, in_instance_other, own_schema, among_others}) {
    for (int batch = 0; batch < 5; ++batch) {
      spend(++n);
    }
    change_managed("user-" + std::to_string(n));
    const Placement from = definition(moved).placement;
    const std::string what = to_string(from) + " to " + to_string(to);
    ASSERT_TRUE(done(move(to))) << what;
    EXPECT_EQ(definition(moved).placement, to) << what;
    expect_nothing_lost(what);
    EXPECT_GT(rows_at(to), 0) << what;
    EXPECT_EQ(leftovers(), "0") << what;
    if (from.isolation != Isolation::dedicated_schema) {
      EXPECT_EQ(rows_at(from), 0) << what;
    }
  }
}

TEST_F(PostgresMoves, TakeAlongWhatIsSavedBetweenTheirSteps) {
  std::uint64_t n = 0;
  for (const Placement& to : {own_schema, in_instance_other, among_others}) {
    spend(++n);
    for (Rest rest = Rest::some; rest == Rest::some;) {
      rest = prepare(to).value();
      spend(++n);
    }
    change_managed("while-moved-" + std::to_string(n));
    ASSERT_TRUE(done(finish(to)));
    spend(++n);
    expect_nothing_lost(to_string(to));
    sweep_all();
    expect_nothing_lost(to_string(to) + ", swept");
  }
}

TEST_F(PostgresMoves, LoseNothingWhateverComesInWhichOrder) {
  std::mt19937 dice{4711};
  const std::vector<Placement> places{among_others, own_schema, in_instance_other};
  Placement to = own_schema;
  for (std::uint64_t step = 1; step <= 150; ++step) {
    switch (dice() % 8) {
      case 0:
      case 1:
      case 2:
        spend(step);
        break;
      case 3:
      case 4: {
        const auto prepared = prepare(to);
        if (prepared.ok() && prepared.value() == Rest::none) {
          ASSERT_TRUE(done(finish(to))) << step;
          to = places[dice() % places.size()];
        } else if (!prepared.ok()) {
          to = places[dice() % places.size()];  // It is there.
        }
        break;
      }
      case 5:
        static_cast<void>(store->sweep(epoch).ok());
        break;
      case 6:
        change_managed("user-" + std::to_string(step));
        break;
      case 7:
        if (dice() % 4 == 0) {
          restart();
        }
        break;
    }
    if (step % 10 == 0) {
      expect_nothing_lost("step " + std::to_string(step));
    }
  }
  sweep_all();
  expect_nothing_lost("all steps");
  EXPECT_EQ(leftovers(), "0");
}

TEST_F(PostgresMoves, LeaveOneTruthWhereverTheyAreCutOff) {
  for (const Placement& to : {own_schema, in_instance_other}) {
    for (std::uint64_t n = 1; n <= 5; ++n) {
      spend(n);
    }
    for (int steps = 1; steps <= 9; ++steps) {
      for (int step = 0; step < steps; ++step) {
        static_cast<void>(prepare(to).value());
      }
      restart();
      const std::string when = to_string(to) + ", cut off after " + std::to_string(steps);
      EXPECT_EQ(definition(moved).placement, among_others) << when;
      expect_nothing_lost(when);
      sweep_all();
      EXPECT_EQ(leftovers(), "0") << when;
      expect_nothing_lost(when + ", swept");
      if (to == in_instance_other) {
        EXPECT_EQ(rows_at(to), 0) << when;
      }
    }
  }
}

TEST_F(PostgresMoves, ThatAreGivenUpAreSweptWithoutAStart) {
  for (const Placement& to : {own_schema, in_instance_other}) {
    spend(1);
    while (prepare(to).value() == Rest::some) {
    }
    sweep_all();
    EXPECT_EQ(leftovers(), "1") << "what is being filled is no leftover yet";
    store->give_up_move();
    EXPECT_TRUE(refused(finish(to), FaultCode::conflict, "not prepared"));
    sweep_all();
    EXPECT_EQ(leftovers(), "0") << to_string(to);
    expect_nothing_lost("given up");
  }
  EXPECT_EQ(rows_at(in_instance_other), 0);
  ASSERT_TRUE(done(move(in_instance_other)));
  expect_nothing_lost("another try");
}

TEST_F(PostgresMoves, ThatFilledTheInstanceAndCouldNotSayItChangeNothing) {
  spend(1);
  while (prepare(in_instance_other).value() == Rest::some) {
  }
  const TenantDefinition never = definition_at(in_instance_other);
  TenantDefinition late = never;
  late.version = Version{late.version.raw() + 1};
  EXPECT_TRUE(refused(store->move(deed(epoch), late), FaultCode::conflict, "version"));
  EXPECT_GT(rows_at(in_instance_other), 0) << "it was filled before";
  expect_nothing_lost("a conflict in the center");
  restart();
  expect_nothing_lost("a start after it");
  sweep_all();
  EXPECT_EQ(rows_at(in_instance_other), 0);
  ASSERT_TRUE(done(move(in_instance_other)));
  expect_nothing_lost("another try");
}

TEST_F(PostgresMoves, ThatWereDoneAndNotSweptAreSweptByTheNextStart) {
  for (const Placement& to : {own_schema, in_instance_other, own_schema}) {
    spend(3);
    while (prepare(to).value() == Rest::some) {
    }
    ASSERT_TRUE(done(finish(to)));
    restart();
    EXPECT_EQ(leftovers(), "1");
    expect_nothing_lost("not swept");
    sweep_all();
    EXPECT_EQ(leftovers(), "0");
    expect_nothing_lost("swept");
  }
}

TEST_F(PostgresMoves, AreRefusedUnlessTheyWerePrepared) {
  EXPECT_TRUE(refused(finish(own_schema), FaultCode::conflict, "not prepared"));
  static_cast<void>(prepare(own_schema).value());
  EXPECT_TRUE(refused(finish(own_schema), FaultCode::conflict, "not prepared"));
  EXPECT_TRUE(refused(prepare(among_others), FaultCode::conflict, "shared"));
  EXPECT_TRUE(refused(prepare({Isolation::dedicated_instance, "nowhere"}),
                      FaultCode::invalid_argument, "\"nowhere\""));
}

TEST_F(PostgresMoves, ByAnEpochThatIsOverChangeNothing) {
  spend(1);
  while (prepare(in_instance_other).value() == Rest::some) {
  }
  const auto successor = database->open(ShardCount{64}).value()().value();
  const Epoch newer = successor->acquire(claim(1)).value().epoch;
  EXPECT_TRUE(refused(finish(in_instance_other), FaultCode::fenced, "is over"));
  EXPECT_TRUE(refused(store->sweep(epoch), FaultCode::fenced, "is over"));
  restart();
  EXPECT_GT(epoch, newer);
  expect_nothing_lost("taken over");
}

}  // namespace sluice::test
