// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/turn_log.hpp"

#include <gtest/gtest.h>

#include "tests/actors/runtime/recording_journal.hpp"
#include "tests/actors/runtime/tenants.hpp"

namespace sluice::testing {
namespace {

using namespace std::chrono_literals;

class TurnLogSpec : public ::testing::Test {
protected:
  HostedTenant& hosted(std::uint64_t number) {
    HostedTenant* found = table.find(tenant(number));
    return found != nullptr ? *found : table.insert(tenant(number), rules, {}, at(0s));
  }
  /// The tenant spends one more in this turn.
  HostedTenant& spend(std::uint64_t number) {
    const Charge charge{requests, Amount{1}};
    Decision decision;
    Happenings happenings;
    HostedTenant& spender = hosted(number);
    spender.tenant.decide(Check{tenant(number), {&charge, 1}}, at(0s), decision, happenings);
    spender.dirty = true;
    log.changed(spender);
    return spender;
  }
  static UsageRow minute_of(std::uint64_t number) {
    return {tenant(number), UsageBucket{requests, Minute{1}, Amount{3}, 3}};
  }
  static WindowRow window_of(std::uint64_t number) {
    return {tenant(number), ClosedWindow{first_limit, requests, WallTime{}, Amount{4}}};
  }
  /// Room for one change of any size, and so much more.
  void make_room(std::size_t more) {
    journal.room_left = change_bytes_max + more;
    log.look_for_room();
  }

  Words happened;
  std::shared_ptr<const Plan> rules = plan(1000);
  TenantTable table{100, HashSeed{7}};
  RecordingJournal journal{happened};
  TurnLog log{journal, ShardCount{64}};
};

TEST_F(TurnLogSpec, RecordsATenantOnceHoweverOftenItChanged) {
  spend(2);
  spend(1);
  spend(2);
  EXPECT_EQ(log.commit(at(0s)).value(), Sequence{1});
  EXPECT_EQ(journal.record, (Words{"tenant 2: used 2", "tenant 1: used 1"}));
}

TEST_F(TurnLogSpec, RecordsATenantAgainThatChangesInALaterTurn) {
  spend(1);
  EXPECT_TRUE(log.commit(at(0s)).ok());
  spend(1);
  EXPECT_EQ(log.commit(at(0s)).value(), Sequence{2});
  EXPECT_EQ(journal.record, (Words{"tenant 1: used 2"}));
}

TEST_F(TurnLogSpec, WritesNothingForATurnThatChangedNothing) {
  spend(1);
  EXPECT_TRUE(log.commit(at(0s)).ok());
  EXPECT_EQ(log.commit(at(0s)).value(), Sequence{1}) << "the last one there was";
  EXPECT_EQ(happened, (Words{"commit 1"}));
}

TEST_F(TurnLogSpec, PutsWhatIsClosedBeforeTheStateThatCameAfterIt) {
  spend(1);
  log.closed(minute_of(1));
  log.closed(window_of(1));
  EXPECT_TRUE(log.commit(at(0s)).ok());
  EXPECT_EQ(journal.record, (Words{"tenant 1: minute closed with 3",
                                   "tenant 1: window closed with 4", "tenant 1: used 1"}));
}

TEST_F(TurnLogSpec, PutsNothingOfATenantBehindItsEnd) {
  HostedTenant& gone = spend(1);
  spend(2);
  log.removed(tenant(1));
  table.erase(gone);
  EXPECT_TRUE(log.commit(at(0s)).ok());
  EXPECT_EQ(journal.record, (Words{"tenant 1: removed", "tenant 2: used 1"}));
  EXPECT_FALSE(gone.in_turn);
}

TEST_F(TurnLogSpec, CarriesAStateThatLiesWithNoTenant) {
  log.carry(tenant(1), {{Counter{first_limit, Amount{7}, wall_time_never, {}}}, {}});
  EXPECT_TRUE(log.commit(at(0s)).ok());
  EXPECT_EQ(journal.record, (Words{"tenant 1: used 7"}));
}

TEST_F(TurnLogSpec, LeavesWhatACommitDidNotWriteWithTheJournalForTheNextOne) {
  spend(1);
  journal.broken = true;
  EXPECT_EQ(log.commit(at(0s)).fault().code, FaultCode::unavailable);
  journal.broken = false;
  spend(1);
  EXPECT_EQ(log.commit(at(0s)).value(), Sequence{1});
  EXPECT_EQ(journal.record, (Words{"tenant 1: used 1", "tenant 1: used 2"})) << "the last wins";
}

// ---- Room

TEST_F(TurnLogSpec, HasRoomAsLongAsALargestChangeWouldFit) {
  make_room(0);
  EXPECT_TRUE(log.has_room());
  spend(1);
  EXPECT_FALSE(log.has_room());
}

TEST_F(TurnLogSpec, TakesRoomForATenantOnceATurn) {
  make_room(1000);
  for (int i = 0; i < 100; ++i) {
    spend(1);
  }
  EXPECT_TRUE(log.has_room());
  for (std::uint64_t number = 2; number <= 20; ++number) {
    spend(number);
  }
  EXPECT_FALSE(log.has_room());
}

TEST_F(TurnLogSpec, TakesRoomForEverythingElseThatItRecords) {
  const auto takes_room = [this](auto&& record) {
    make_room(0);
    EXPECT_TRUE(log.has_room());
    record();
    const bool taken = !log.has_room();
    EXPECT_TRUE(log.commit(at(0s)).ok());
    return taken;
  };
  EXPECT_TRUE(takes_room([&] { log.closed(minute_of(1)); }));
  EXPECT_TRUE(takes_room([&] { log.closed(window_of(1)); }));
  EXPECT_TRUE(takes_room([&] { log.removed(tenant(1)); }));
  EXPECT_TRUE(takes_room([&] { log.carry(tenant(1), {}); }));
}

TEST_F(TurnLogSpec, HasTheRoomThatTheJournalHasAfterACommit) {
  make_room(0);
  spend(1);
  journal.room_left = change_bytes_max;
  EXPECT_TRUE(log.commit(at(0s)).ok());
  EXPECT_TRUE(log.has_room());
  journal.room_left = change_bytes_max - 1;
  EXPECT_TRUE(log.has_room()) << "it looks when it is told to";
  EXPECT_TRUE(log.commit(at(0s)).ok());
  EXPECT_FALSE(log.has_room());
}

TEST_F(TurnLogSpec, LooksForRoomWithoutForgettingWhatTheTurnHasTaken) {
  spend(1);
  make_room(0);
  EXPECT_FALSE(log.has_room());
}

TEST_F(TurnLogSpec, LooksForRoomAfterACommitThatFailedToo) {
  spend(1);
  journal.broken = true;
  journal.room_left = 0;
  EXPECT_FALSE(log.commit(at(0s)).ok());
  EXPECT_FALSE(log.has_room());
}

}  // namespace
}  // namespace sluice::testing
