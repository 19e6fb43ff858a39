// SPDX-License-Identifier: Apache-2.0
// When answers leave and flushes go; checkpoints and drains are in files of their own.
#include "tests/actors/runtime/upkeep_fixture.hpp"

namespace sluice::testing {
namespace {

class UpkeepSpec : public UpkeepFixture {
protected:
  UpkeepSpec() { admit(1, 3); }
};

// ---- Answers

TEST_F(UpkeepSpec, CommitsATurnBeforeItsAnswersLeave) {
  spend(1);
  spend(2);
  spend(1);
  EXPECT_EQ(happenings(), Words{}) << "the turn is not over";
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 1", "answered", "answered", "answered"}));
  EXPECT_EQ(journal.record, (Words{"tenant 1: used 2", "tenant 2: used 1"}));
}

TEST_F(UpkeepSpec, AnswersAtOnceWhatChargedNothing) {
  spend(1, 11);
  EXPECT_EQ(asked[0]->outcome(), Outcome::denied);
  EXPECT_EQ(happenings(), (Words{"answered"}));
  turn();
  EXPECT_EQ(happenings(), Words{});
}

TEST_F(UpkeepSpec, AnswersAPartThatIsAtHandBeforeTheOneThatIsLoaded) {
  AskedBatch batch;
  decide(batch.ask(tenant(1)).ask(tenant(7)));
  turn();
  EXPECT_EQ(happenings(), (Words{"split 1", "load", "commit 1", "answered"}));
  load();
  EXPECT_EQ(happenings(), Words{}) << "it has charged something";
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 2", "answered"}));
}

TEST_F(UpkeepSpec, LetsAnAnswerWaitUntilTheDiskHasItsCommit) {
  journal.slow_disk = true;
  spend(1);
  turn();
  spend(2);
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 1", "commit 2"}));
  journal.sync(Sequence{1});
  turn();
  EXPECT_EQ(happenings(), (Words{"answered"}));
  journal.sync(Sequence{2});
  turn();
  EXPECT_EQ(happenings(), (Words{"answered"}));
}

TEST_F(UpkeepSpec, LeavesTheChecksOfACommitThatFailedUnanswered) {
  journal.broken = true;
  spend(1);
  turn();
  EXPECT_EQ(happenings(), (Words{"commit fails", "unanswered"}));
  EXPECT_EQ(faults_of_journal, 1);
  journal.broken = false;
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 1"})) << "they may be counted, but nobody is told";
}

TEST_F(UpkeepSpec, GivesUpEarlierChecksTooWhenTheDiskMayNeverHaveThem) {
  journal.slow_disk = true;
  spend(1);
  turn();
  journal.broken = true;
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 1", "commit fails", "unanswered"}));
  journal.broken = false;
  journal.sync(Sequence{1});
  turn();
  EXPECT_EQ(happenings(), Words{});
}

TEST_F(UpkeepSpec, SaysNothingOfATurnThatWasCommittedAfterTheTenure) {
  spend(1);
  machine.time = 1000s;
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 1", "unanswered"}));
  spend(1);
  EXPECT_EQ(asked[1]->outcome(), Outcome::unavailable) << "and decides nothing more";
}

TEST_F(UpkeepSpec, SaysNothingOfACommitThatBecameDurableAfterTheTenure) {
  journal.slow_disk = true;
  spend(1);
  turn();
  machine.time = 1000s;
  journal.sync(Sequence{1});
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 1", "unanswered"}));
}

TEST_F(UpkeepSpec, LooksWithEachTickWhetherItIsStillTheOwner) {
  machine.time = 1000s;
  upkeep.tick(at(0s));
  spend(1);
  EXPECT_EQ(asked[0]->outcome(), Outcome::unavailable);
  tenure.extend(Instant{2000s});
  upkeep.tick(at(0s));
  spend(1);
  EXPECT_EQ(asked[1]->outcome(), Outcome::allowed);
}

// ---- What works

TEST_F(UpkeepSpec, TellsThatTheJournalFailsOnceAndWhenItWorksAgain) {
  journal.broken = true;
  spend(1);
  turn();
  turn();
  EXPECT_EQ(vitals, Words{"journal fails"});
  EXPECT_FALSE(status().journal_writable);
  journal.broken = false;
  turn();
  EXPECT_EQ(vitals, (Words{"journal fails", "journal works"}));
  EXPECT_TRUE(status().journal_writable);
}

TEST_F(UpkeepSpec, TellsThatTheJournalFailsWhenItHasNoRoomThoughNoCommitDoes) {
  journal.room_left = change_bytes_max - 1;
  upkeep.tick(at(0s));
  turn();
  spend(1);
  EXPECT_EQ(asked[0]->outcome(), Outcome::unavailable);
  turn();
  EXPECT_EQ(vitals, Words{"journal fails"});
  EXPECT_EQ(faults_of_journal, 0);
  journal.room_left = change_bytes_max;
  upkeep.tick(at(0s));
  turn();
  EXPECT_EQ(vitals, (Words{"journal fails", "journal works"}));
}

TEST_F(UpkeepSpec, TellsThatFlushesFailOnceAndWhenTheyWorkAgain) {
  for (int flushes = 0; flushes < 2; ++flushes) {
    spend(1);
    turn_with_flush();
    store_fails();
  }
  EXPECT_EQ(vitals, Words{"flush fails"});
  turn_with_flush();
  store_saves();
  EXPECT_EQ(vitals, (Words{"flush fails", "flush works"}));
}

// ---- Flushes

TEST_F(UpkeepSpec, SavesAfterTheCommitAndTheAnswers) {
  spend(1);
  turn_with_flush();
  EXPECT_EQ(happenings(), (Words{"commit 1", "answered", "save"}));
  EXPECT_EQ(to_store.through, Sequence{1});
}

TEST_F(UpkeepSpec, SavesNothingBeforeItIsDue) {
  spend(1);
  turn();
  upkeep.tick(at(0s));
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 1", "answered"}));
}

TEST_F(UpkeepSpec, SavesAFlushOnlyOnceTheDiskHasTheCommitsItCarries) {
  journal.slow_disk = true;
  spend(1);
  turn_with_flush();
  spend(1);
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 1", "commit 2"}));
  journal.sync(Sequence{1});
  turn();
  EXPECT_EQ(happenings(), (Words{"answered", "save"}));
  EXPECT_EQ(to_store.counters.at(0).counter.used, Amount{1});
}

TEST_F(UpkeepSpec, SavesEverythingAtOnceWhenTheJournalMayNeverHaveIt) {
  journal.slow_disk = true;
  spend(1);
  turn_with_flush();
  journal.broken = true;
  spend(2);
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 1", "commit fails", "unanswered", "unanswered", "save"}))
      << "the store is all there is";
  EXPECT_EQ(to_store.counters.size(), 2U);
  EXPECT_EQ(to_store.through, Sequence{1}) << "so nothing of the journal may go over it";
}

TEST_F(UpkeepSpec, NeverSavesAPartOfWhatAFailingJournalLacks) {
  admit(4, 200);
  for (std::uint64_t number = 1; number <= 200; ++number) {
    spend(number);
  }
  turn_with_flush();
  happened.clear();
  spend(1);
  journal.broken = true;
  turn();
  turn_until("save");
  EXPECT_EQ(to_store.counters.size(), 200U);
  EXPECT_EQ(to_store.through, Sequence{1});
}

TEST_F(UpkeepSpec, GathersManyTenantsOverManyTurns) {
  admit(4, 200);
  for (std::uint64_t number = 1; number <= 200; ++number) {
    spend(number);
  }
  turn();
  happened.clear();
  turn_with_flush();
  EXPECT_EQ(happenings(), (Words{"wake"}));
  EXPECT_TRUE(to_store.counters.empty());
  turn_until("save");
  EXPECT_EQ(to_store.counters.size(), 200U);
}

TEST_F(UpkeepSpec, WritesAllThatIsDirtyInFlushesOneAfterTheOther) {
  admit(4, 301);
  for (std::uint64_t number = 1; number <= 301; ++number) {
    spend(number);
  }
  turn_with_flush();
  turn_until("save");
  ASSERT_EQ(to_store.counters.size(), 300U);
  turn();
  happened.clear();
  store_saves();
  turn_until("release 0");
  const Words end = happenings();
  ASSERT_GE(end.size(), 2U);
  EXPECT_EQ(end[end.size() - 2], "wake") << "nor for a tick";
  turn();
  EXPECT_EQ(happenings(), (Words{"save"})) << "without waiting for another interval";
  EXPECT_EQ(to_store.counters.size(), 1U);
  store_saves();
  spend(1);
  turn();
  EXPECT_EQ(happenings(), (Words{"release 1", "commit 2", "answered"}));
}

TEST_F(UpkeepSpec, ReleasesFromTheJournalWhatTheStoreHas) {
  spend(1);
  turn_with_flush();
  spend(2);
  turn();
  happened.clear();
  store_saves();
  EXPECT_EQ(happenings(), (Words{"release 1"}));
}

TEST_F(UpkeepSpec, ReleasesNothingForAFlushThatFailedAndTriesAgainAfterABackOff) {
  spend(1);
  turn_with_flush();
  happened.clear();
  store_fails();
  turn();
  EXPECT_EQ(happenings(), Words{});
  turn_with_flush();
  EXPECT_EQ(happenings(), (Words{"save"}));
  EXPECT_EQ(status().flush_failures, 1U);
  EXPECT_EQ(status().flushes, 0U);
}

TEST_F(UpkeepSpec, TriesAgainAtOnceWhenTheStoreAnswersAgain) {
  spend(1);
  turn_with_flush();
  store_fails();
  turn();
  happened.clear();
  upkeep.store_answers();
  turn();
  EXPECT_EQ(happenings(), (Words{"save"}));
}

TEST_F(UpkeepSpec, SavesNoSoonerForAStoreThatAnswersIfNoFlushFailed) {
  spend(1);
  turn();
  happened.clear();
  upkeep.store_answers();
  turn();
  EXPECT_EQ(happenings(), Words{});
}

TEST_F(UpkeepSpec, NeverSavesAgainOnceAnotherServerOwnsTheShards) {
  spend(1);
  turn_with_flush();
  store_fails(FaultCode::fenced);
  happened.clear();
  turn_with_flush();
  EXPECT_EQ(happenings(), Words{});
}

TEST_F(UpkeepSpec, TellsForHowLongTheStoreHasNotHadEverything) {
  EXPECT_EQ(status().write_behind_lag, 0s);
  machine.time = 10s;
  spend(1);
  turn();
  machine.time = 15s;
  EXPECT_EQ(status().write_behind_lag, 5s);
  turn_with_flush();
  machine.time = 16s;
  spend(1);
  turn();
  store_saves();
  machine.time = 18s;
  EXPECT_EQ(status().write_behind_lag, 3s) << "what came after the flush began is not saved";
  turn_with_flush();
  store_saves();
  EXPECT_EQ(status().write_behind_lag, 0s);
}

class UpkeepAfterACrashSpec : public UpkeepFixture {
protected:
  UpkeepAfterACrashSpec() : UpkeepFixture(history_and_a_state_of_tenant(9)) {}
};

TEST_F(UpkeepAfterACrashSpec, TellsThatTheStoreLacksSomethingSinceTheStart) {
  machine.time = 5s;
  EXPECT_EQ(status().write_behind_lag, 5s);
}

TEST_F(UpkeepAfterACrashSpec, SavesWhatWasRecoveredAlsoIfNobodyAsksForIt) {
  turn_with_flush();
  EXPECT_EQ(happenings(), (Words{"save"}));
  EXPECT_EQ(to_store.rows(), 3U);
}

}  // namespace
}  // namespace sluice::testing
