// SPDX-License-Identifier: Apache-2.0
// Up to which commit a flush says that the store has everything, and what a start recovered.
#include "tests/actors/runtime/write_behind_fixture.hpp"

namespace sluice::testing {
namespace {

class WatermarkSpec : public WriteBehindFixture {
protected:
  std::uint64_t mark_of_flush() { return flush().through.value().raw(); }
  std::uint64_t mark_of_flush_in_a_new_round() {
    write_behind.begin_round();
    return mark_of_flush();
  }
};

TEST_F(WatermarkSpec, SaysThatTheStoreHasEveryCommitOfWhatItCarries) {
  spend_at(1, 1);
  spend_at(2, 2);
  EXPECT_EQ(mark_of_flush_in_a_new_round(), 2U);
  EXPECT_EQ(write_behind.saved_through(), Sequence{0}) << "not before the store has said so";
  saved();
  EXPECT_EQ(write_behind.saved_through(), Sequence{2});
}

TEST_F(WatermarkSpec, IsNeverAheadOfATenantThatHasNoPlaceInTheFlush) {
  for (std::uint64_t number = 1; number <= 4; ++number) {
    spend_at(10 + number, number);
  }
  EXPECT_EQ(mark_of_flush_in_a_new_round(), 13U);
  saved();
  EXPECT_EQ(mark_of_flush(), 14U);
}

TEST_F(WatermarkSpec, IsBeforeACommitThatIsOnlySavedInPart) {
  spend_at(1, 1);
  spend(2, 3);
  spend_at(2, 4);
  EXPECT_EQ(mark_of_flush_in_a_new_round(), 1U);
  saved();
  EXPECT_EQ(mark_of_flush(), 2U);
}

TEST_F(WatermarkSpec, IsNeverAheadOfAChangeAfterTheGathering) {
  spend_at(1, 1);
  write_behind.begin_round();
  write_behind.begin();
  ASSERT_TRUE(write_behind.gather(3, at(0s)));
  spend_at(2, 1);
  spend_at(3, 2);
  EXPECT_EQ(write_behind.take_batch().through, Sequence{1});
}

TEST_F(WatermarkSpec, StandsForATenantSinceItsFirstCommitHoweverBusyItIs) {
  for (std::uint64_t number = 1; number <= 4; ++number) {
    spend_at(number, number);
  }
  spend_at(5, 4);
  EXPECT_EQ(mark_of_flush_in_a_new_round(), 3U) << "of the fourth only the latest state is left";
}

TEST_F(WatermarkSpec, CountsCommitsThatMadeNobodyDirty) {
  spend_at(1, 1);
  write_behind.committed(Sequence{7});
  EXPECT_EQ(mark_of_flush_in_a_new_round(), 7U);
}

TEST_F(WatermarkSpec, IsZeroWhileSomethingIsUnsavedFromBeforeTheFirstCommit) {
  spend(1, 3);
  spend_at(0, 4);  // They were only refused, which needs no record.
  EXPECT_EQ(mark_of_flush_in_a_new_round(), 0U);
}

TEST_F(WatermarkSpec, MovesOnAfterAFailureOnceAllThatWasDirtyThenIsSaved) {
  spend_at(1, 1);
  spend_at(2, 2);
  mark_of_flush_in_a_new_round();
  write_behind.failed();
  EXPECT_EQ(write_behind.saved_through(), Sequence{0});
  spend_at(3, 3);
  spend_at(4, 4);
  EXPECT_EQ(mark_of_flush_in_a_new_round(), 3U);
}

TEST_F(WatermarkSpec, StandsStillWhileOneOfAFailedFlushIsStillInTheQueue) {
  for (std::uint64_t number = 1; number <= 4; ++number) {
    spend_at(number, number);
  }
  mark_of_flush_in_a_new_round();
  write_behind.failed();
  EXPECT_EQ(mark_of_flush_in_a_new_round(), 0U) << "3 was recorded before 4, and comes after it";
  saved();
  EXPECT_EQ(mark_of_flush(), 4U);
}

TEST_F(WatermarkSpec, SpeaksForHistoryThatCameWithItsTenantAfterTheFlushBegan) {
  spend_at(1, 1);
  write_behind.begin_round();
  write_behind.begin();
  close(minute_row(1));
  spend_at(2, 1);
  ASSERT_TRUE(write_behind.gather(3, at(0s)));
  const SaveBatch batch = write_behind.take_batch();
  EXPECT_EQ(batch.closed_usage, (std::vector{minute_row(1)}));
  EXPECT_EQ(batch.through, Sequence{2});
}

// ---- What a start recovered

class RecoveredTenantsSpec : public WriteBehindFixture {
protected:
  /// One more than a flush may carry.
  RecoveredTenantsSpec() : WriteBehindFixture({1, 2, 3, 4}) {}

  [[nodiscard]] bool keeps(std::uint64_t number) {
    return write_behind.recovered().find(tenant(number)) != nullptr;
  }
};

TEST_F(RecoveredTenantsSpec, AreCarriedInTheFirstRoundWithTheirNumbers) {
  EXPECT_EQ(write_behind.unsaved(), 4U);
  const SaveBatch first = flush_in_a_new_round();
  EXPECT_EQ(tenants_of(first), (Numbers{1, 2, 3}));
  EXPECT_EQ(first.counters[0].counter.used, Amount{7});
  saved();
  EXPECT_FALSE(write_behind.round_over());
  EXPECT_EQ(tenants_of(flush()), (Numbers{4}));
  saved();
  EXPECT_TRUE(write_behind.round_over());
  EXPECT_TRUE(write_behind.idle());
}

TEST_F(RecoveredTenantsSpec, GoBesideThoseThatSpend) {
  spend_at(1, 9);
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), (Numbers{1, 2, 3, 9}));
}

TEST_F(RecoveredTenantsSpec, HoldTheMarkUntilTheLastOfThemIsCarried) {
  spend_at(1, 9);
  EXPECT_EQ(flush_in_a_new_round().through, Sequence{0});
  saved();
  EXPECT_EQ(flush().through, Sequence{1});
}

TEST_F(RecoveredTenantsSpec, HoldTheMarkAlsoWhenOneIsForgottenDuringTheFlush) {
  spend_at(1, 9);
  write_behind.begin_round();
  write_behind.begin();
  write_behind.forget(tenant(1));
  ASSERT_TRUE(write_behind.gather(3, at(0s)));
  EXPECT_EQ(write_behind.take_batch().through, Sequence{0})
      << "the fourth still has no place in it";
}

TEST_F(RecoveredTenantsSpec, HoldTheMarkOnceLoadedUntilTheirOwnStateIsSaved) {
  flush_in_a_new_round();
  saved();
  for (const std::uint64_t number : Numbers{7, 8, 9}) {
    spend_at(number, number);
  }
  spend(4);
  write_behind.admitted(tenant(4));
  write_behind.committed(Sequence{10});
  EXPECT_EQ(flush_in_a_new_round().through, Sequence{0}) << "a journal has had of it since before";
  saved();
  EXPECT_EQ(flush().through, Sequence{10});
}

TEST_F(RecoveredTenantsSpec, AreNotCarriedOnceTheyAreLoadedAndSpeakForThemselves) {
  write_behind.admitted(tenant(1));
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), (Numbers{2, 3, 4}));
}

TEST_F(RecoveredTenantsSpec, StayForALoadThatMayHaveReadTheStoreBefore) {
  ASSERT_TRUE(loading.wait(tenant(1), WaitingCheck{}));
  flush_in_a_new_round();
  saved();
  EXPECT_TRUE(keeps(1)) << "to be put over what the load brings";
  EXPECT_FALSE(keeps(2));
}

TEST_F(RecoveredTenantsSpec, AreCarriedAgainAfterAFailure) {
  flush_in_a_new_round();
  write_behind.failed();
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), (Numbers{1, 2, 3}));
}

TEST_F(RecoveredTenantsSpec, AreNotCarriedOnceTheyAreForgotten) {
  write_behind.begin_round();
  write_behind.begin();
  write_behind.forget(tenant(2));
  ASSERT_TRUE(write_behind.gather(3, at(0s)));
  EXPECT_EQ(tenants_of(write_behind.take_batch()), (Numbers{1, 3}));
  saved();
  EXPECT_EQ(tenants_of(flush()), (Numbers{4}));
}

TEST(RecoveredHistorySpec, GoesBeforeWhatThisRunCloses) {
  TenantTable table{4, HashSeed{7}};
  Recovered recovered;
  const UsageRow old = minute_row(1, 10);
  const WindowRow window = window_row(1);
  recovered.apply({.tenant = tenant(1),
                   .shard = ShardId{0},
                   .closed_usage = {&old.bucket, 1},
                   .closed_windows = {&window.window, 1}});
  WriteBehind write_behind{table, {3, 4}, Epoch{5}, ShardCount{64}, std::move(recovered)};
  EXPECT_FALSE(write_behind.idle());
  write_behind.closed(std::vector{minute_row(1, 11)});
  write_behind.begin();
  ASSERT_TRUE(write_behind.gather(1, at(0s)));
  const SaveBatch batch = write_behind.take_batch();
  EXPECT_EQ(batch.closed_usage, (std::vector{minute_row(1, 10), minute_row(1, 11)}));
  EXPECT_EQ(batch.closed_windows, (std::vector{window}));
}

}  // namespace
}  // namespace sluice::testing
