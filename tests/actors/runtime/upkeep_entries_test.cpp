// SPDX-License-Identifier: Apache-2.0
// Goal    What a tenant remembers by id is as safe as what it charged, and time ends reservations
//         that nobody asks about.
#include "tests/actors/runtime/upkeep_fixture.hpp"

namespace sluice::testing {
namespace {

constexpr EntryId some_id{1, 7};
constexpr auto after_its_life =
    std::chrono::duration_cast<std::chrono::seconds>(AskedBatch::lifetime);

class UpkeepEntriesSpec : public UpkeepFixture {
protected:
  explicit UpkeepEntriesSpec(Recovered recovered = {}) : UpkeepFixture(std::move(recovered)) {}

  AskedBatch& ask(std::uint64_t number, Mode mode, std::uint64_t amount = 1, EntryId id = some_id) {
    asked.push_back(std::make_unique<AskedBatch>());
    decide(asked.back()->ask(tenant(number), id, mode, amount));
    return *asked.back();
  }
  [[nodiscard]] Amount held(std::uint64_t number) const {
    return hosting.resident(tenant(number))->usage(at(decision_time)).at(0).reading.held;
  }
  /// Of the batch that went to the store.
  [[nodiscard]] std::vector<EntryState> stored_states() const {
    std::vector<EntryState> states;
    for (const EntryRow& row : to_store.entries) {
      states.push_back(row.entry.state);
    }
    return states;
  }
};

TEST_F(UpkeepEntriesSpec, AReservationIsInTheJournalBeforeItIsAnswered) {
  admit(1, 1);
  EXPECT_EQ(ask(1, Mode::reserve, 4).outcome(), Outcome::allowed);
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 1", "answered"}));
  EXPECT_EQ(journal.record.front(), "tenant 1: entry 7 held");
}

TEST_F(UpkeepEntriesSpec, AnEntryAndTheChargeThatItStandsForAreOneRecord) {
  admit(1, 1);
  ask(1, Mode::normal, 4);
  turn();
  EXPECT_EQ(journal.record, (Words{"tenant 1: entry 7 answered", "tenant 1: used 4"}));
}

TEST_F(UpkeepEntriesSpec, AnAnswerThatIsRepeatedChangesNothing) {
  admit(1, 1);
  ask(1, Mode::normal, 4);
  turn();
  happened.clear();
  EXPECT_EQ(ask(1, Mode::normal, 4).outcome(), Outcome::allowed);
  turn();
  EXPECT_EQ(happenings(), (Words{"answered"}));
}

TEST_F(UpkeepEntriesSpec, AnAnswerIsRepeatedOnceWhatItSaysIsInTheJournal) {
  admit(1, 1);
  ask(1, Mode::normal, 4);
  ask(1, Mode::normal, 4);
  EXPECT_TRUE(happenings().empty());
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 1", "answered", "answered"}));
}

TEST_F(UpkeepEntriesSpec, AnAnswerIsRepeatedOnceTheDiskHasWhatItSays) {
  journal.slow_disk = true;
  admit(1, 1);
  ask(1, Mode::normal, 4);
  turn();
  ask(1, Mode::normal, 4);
  turn();
  EXPECT_EQ(happenings(), (Words{"commit 1"}));
  journal.sync(Sequence{1});
  turn();
  EXPECT_EQ(happenings(), (Words{"answered", "answered"}));
}

TEST_F(UpkeepEntriesSpec, AReservationEndsByTimeAlone) {
  admit(1, 1);
  ask(1, Mode::reserve, 4);
  turn();
  EXPECT_EQ(held(1), Amount{4});
  decision_time = after_its_life;
  upkeep.tick(at(decision_time));
  turn();
  EXPECT_EQ(held(1), Amount{0});
  EXPECT_EQ(journal.record.front(), "tenant 1: entry 7 expired");
}

TEST_F(UpkeepEntriesSpec, NoneEndsEarly) {
  admit(1, 1);
  ask(1, Mode::reserve, 4);
  turn();
  decision_time = after_its_life - 1s;
  upkeep.tick(at(decision_time));
  EXPECT_EQ(held(1), Amount{4});
}

TEST_F(UpkeepEntriesSpec, NoneEndsOnceTheTenureIsOver) {
  admit(1, 1);
  ask(1, Mode::reserve, 4);
  turn();
  decision_time = after_its_life;
  tenure.end();
  upkeep.tick(at(decision_time));
  upkeep.tick(at(decision_time));
  EXPECT_TRUE(journal.added.empty());
}

TEST_F(UpkeepEntriesSpec, NoneEndsOnceEverythingIsSavedAndGivenBack) {
  admit(1, 1);
  ask(1, Mode::reserve, 4);
  upkeep.drain(Instant{100s});
  turn();
  store_saves();
  turn();
  ASSERT_EQ(happened.back(), "drained but for 0");
  decision_time = after_its_life;
  upkeep.tick(at(decision_time));
  EXPECT_TRUE(journal.added.empty());
  EXPECT_TRUE(hosting.write_behind().idle());
}

TEST_F(UpkeepEntriesSpec, AFlushCarriesTheNewestStateOnce) {
  admit(1, 1);
  ask(1, Mode::reserve, 4);
  ask(1, Mode::commit, 3);
  turn_with_flush();
  EXPECT_EQ(stored_states(), (std::vector{EntryState::committed}));
  store_saves();
  spend(1);
  turn_with_flush();
  EXPECT_TRUE(to_store.entries.empty());
}

TEST_F(UpkeepEntriesSpec, AFlushThatFailedIsRepeatedWithAllEntries) {
  admit(1, 1);
  ask(1, Mode::normal, 1, EntryId{1, 1});
  turn_with_flush();
  store_saves();
  ask(1, Mode::normal, 1, EntryId{1, 2});
  turn_with_flush();
  EXPECT_EQ(to_store.entries.size(), 1U);
  store_fails();
  turn_with_flush();
  EXPECT_EQ(to_store.entries.size(), 2U);
}

TEST_F(UpkeepEntriesSpec, ACheckpointHasTheEntriesThatTheStoreMayNotHave) {
  admit(1, 1);
  ask(1, Mode::normal, 1, EntryId{1, 1});
  turn_with_flush();
  ask(1, Mode::normal, 1, EntryId{1, 2});
  turn();
  journal.bytes = checkpoint_bytes;
  upkeep.tick(at(decision_time));
  turn();
  EXPECT_EQ(journal.record,
            (Words{"tenant 1: entry 1 answered", "tenant 1: entry 2 answered", "tenant 1: used 2"}))
      << "also the one that is on its way there";
}

TEST_F(UpkeepEntriesSpec, ACheckpointHasWhatWasForgottenAndTheStoreMayStillHave) {
  admit(1, 1);
  ask(1, Mode::reserve, 4);
  turn_with_flush();
  store_saves();
  decision_time = after_its_life;
  upkeep.tick(at(decision_time));
  turn();
  decision_time = after_its_life + 25h;
  spend(1);
  turn();
  journal.bytes = checkpoint_bytes;
  upkeep.tick(at(decision_time));
  turn();
  EXPECT_EQ(journal.record, (Words{"tenant 1: entry 7 answered", "tenant 1: used 1"}))
      << "or the store's open reservation would come back, and end a second time";
}

TEST_F(UpkeepEntriesSpec, ATenantWithAnOpenReservationStays) {
  admit(1, 2);
  ask(1, Mode::reserve, 4);
  turn_with_flush();
  store_saves();
  decision_time = 61s;
  hosting.tick(at(20s));
  hosting.tick(at(decision_time));
  EXPECT_NE(hosting.resident(tenant(1)), nullptr);
}

Recovered with_a_reservation_of_tenant(std::uint64_t number) {
  const Entry entry{.id = some_id,
                    .state = EntryState::held,
                    .digest = 0,
                    .due = at(after_its_life).wall,
                    .charges = {{requests, Amount{4}, Amount{0}}},
                    .first = {}};
  Recovered recovered;
  recovered.apply({.tenant = tenant(number), .shard = ShardId{0}, .entries = {&entry, 1}});
  return recovered;
}

class UpkeepRecoveredEntriesSpec : public UpkeepEntriesSpec {
protected:
  UpkeepRecoveredEntriesSpec() : UpkeepEntriesSpec(with_a_reservation_of_tenant(1)) {}
};

TEST_F(UpkeepRecoveredEntriesSpec, AReservationIsHeldAgain) {
  admit(1, 1);
  EXPECT_EQ(held(1), Amount{4});
  EXPECT_EQ(ask(1, Mode::commit, 2).outcome(), Outcome::allowed);
}

TEST_F(UpkeepRecoveredEntriesSpec, AReservationEndsAtItsTime) {
  admit(1, 1);
  decision_time = after_its_life;
  upkeep.tick(at(decision_time));
  EXPECT_EQ(held(1), Amount{0});
}

TEST_F(UpkeepRecoveredEntriesSpec, WhatNobodyAsksForIsStored) {
  turn_with_flush();
  EXPECT_EQ(stored_states(), (std::vector{EntryState::held}));
  store_saves();
  EXPECT_TRUE(hosting.write_behind().idle());
}

}  // namespace
}  // namespace sluice::testing
