// SPDX-License-Identifier: Apache-2.0
// What is dirty, and how it gets to the store; the watermark is in write_behind_mark_test.cpp.
#include <algorithm>
#include <functional>

#include "tests/actors/runtime/write_behind_fixture.hpp"

namespace sluice::testing {
namespace {

class WriteBehindSpec : public WriteBehindFixture {};

TEST_F(WriteBehindSpec, CarriesAbsoluteValuesOfEachTenantOnce) {
  spend(1);
  spend(1);
  spend(2);
  const SaveBatch batch = flush_in_a_new_round();
  EXPECT_EQ(batch.epoch, Epoch{5});
  ASSERT_EQ(tenants_of(batch), (Numbers{1, 2}));
  EXPECT_EQ(batch.counters[0].counter.used, Amount{2});
  EXPECT_EQ(batch.open_usage.at(0).bucket.used, Amount{2});
  EXPECT_EQ(batch.counters[1].counter.used, Amount{1});
}

TEST_F(WriteBehindSpec, NamesEachShardOfItsTenantsOnce) {
  spend(1);
  close(minute_row(1));
  close(window_row(1));
  EXPECT_EQ(flush_in_a_new_round().shards, (std::vector{shard_of(tenant(1), ShardCount{64})}));
}

TEST_F(WriteBehindSpec, NamesShardsInAscendingOrderWhoeverSpentFirst) {
  Numbers by_shard{1, 2, 3};
  const auto shard = [](std::uint64_t number) { return shard_of(tenant(number), ShardCount{64}); };
  std::ranges::sort(by_shard, std::greater{}, shard);
  for (const std::uint64_t number : by_shard) {
    spend(number);
  }
  const SaveBatch batch = flush_in_a_new_round();
  EXPECT_EQ(batch.shards,
            (std::vector{shard(by_shard[2]), shard(by_shard[1]), shard(by_shard[0])}));
  saved();
  spend(by_shard[0]);
  EXPECT_EQ(flush_in_a_new_round().shards, (std::vector{shard(by_shard[0])}));
}

TEST_F(WriteBehindSpec, IsIdleOnlyWhenTheStoreHasSaidThatItHasAll) {
  HostedTenant& hosted = spend(1);
  flush_in_a_new_round();
  EXPECT_TRUE(write_behind.under_way());
  EXPECT_FALSE(hosted.clean());
  EXPECT_EQ(write_behind.unsaved(), 1U);
  saved();
  EXPECT_FALSE(write_behind.under_way());
  EXPECT_TRUE(hosted.clean());
  EXPECT_TRUE(write_behind.idle());
}

TEST_F(WriteBehindSpec, TakesWhoHasBeenDirtyForLongestFirstAndNoMoreThanAFlushMayCarry) {
  for (const std::uint64_t number : Numbers{5, 4, 3, 2, 5, 1}) {
    spend(number);
  }
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), (Numbers{5, 4, 3}));
  saved();
  EXPECT_EQ(tenants_of(flush()), (Numbers{2, 1}));
}

TEST_F(WriteBehindSpec, GathersInSlicesAndKeepsForLaterWhatChangesInBetween) {
  spend(1, 2);
  write_behind.begin_round();
  write_behind.begin();
  EXPECT_FALSE(write_behind.gather(1, at(0s)));
  spend(1);
  EXPECT_TRUE(write_behind.gather(1, at(0s)));
  const SaveBatch batch = write_behind.take_batch();
  EXPECT_EQ(tenants_of(batch), (Numbers{1, 2}));
  EXPECT_EQ(batch.counters[0].counter.used, Amount{1});
  saved();
  EXPECT_EQ(write_behind.unsaved(), 1U);
}

TEST_F(WriteBehindSpec, SettlesWhatWasSavedInSlicesAndKeepsForLaterWhatChangesInBetween) {
  HostedTenant& first = spend(1);
  HostedTenant& second = spend(2);
  write_behind.committed(Sequence{1});
  flush_in_a_new_round();
  EXPECT_FALSE(write_behind.saved(1, loading));
  EXPECT_TRUE(first.clean());
  EXPECT_FALSE(second.clean());
  EXPECT_TRUE(write_behind.under_way());
  EXPECT_EQ(write_behind.saved_through(), Sequence{0});
  spend(2);
  EXPECT_TRUE(write_behind.saved(1, loading));
  EXPECT_FALSE(second.clean());
  EXPECT_EQ(write_behind.saved_through(), Sequence{1});
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), (Numbers{2}));
}

TEST_F(WriteBehindSpec, KeepsWhatChangedDuringAFlushForTheNext) {
  HostedTenant& hosted = spend(1);
  flush_in_a_new_round();
  spend(1);
  saved();
  EXPECT_FALSE(hosted.clean());
  EXPECT_EQ(write_behind.unsaved(), 1U);
  const SaveBatch next = flush_in_a_new_round();
  EXPECT_EQ(next.epoch, Epoch{5});
  EXPECT_EQ(next.counters.at(0).counter.used, Amount{2});
}

TEST_F(WriteBehindSpec, SendsTheNewestValuesAgainAfterAFailureBehindWhatWaits) {
  spend(1, 4);
  flush_in_a_new_round();
  spend(2);
  write_behind.failed();
  EXPECT_EQ(write_behind.unsaved(), 4U);
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), (Numbers{4, 2, 1}));
  saved();
  EXPECT_EQ(tenants_of(flush()), (Numbers{3}));
}

TEST_F(WriteBehindSpec, SendsAllOfATenantAgainAfterAFailureAlsoWhatDidNotChangeSince) {
  spend(1);
  flush_in_a_new_round();
  write_behind.failed();
  const SaveBatch again = flush_in_a_new_round();
  EXPECT_EQ(again.counters.at(0).counter.used, Amount{1});
  EXPECT_EQ(again.open_usage.size(), 1U);
}

TEST_F(WriteBehindSpec, WritesABusyTenantOnceARound) {
  spend(1, 4);
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), (Numbers{1, 2, 3}));
  spend(1);
  saved();
  EXPECT_FALSE(write_behind.round_over()) << "one was dirty when it began";
  EXPECT_EQ(tenants_of(flush()), (Numbers{4}));
  saved();
  EXPECT_TRUE(write_behind.round_over());
  EXPECT_EQ(write_behind.unsaved(), 1U);
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), (Numbers{1}));
}

TEST_F(WriteBehindSpec, TakesEverythingAtOnceWhenItIsAskedTo) {
  spend(1, 4);
  write_behind.closed(std::vector<UsageRow>(50'001, minute_row(1)));
  write_behind.committed(Sequence{1});
  write_behind.begin(WriteBehind::Extent::everything);
  ASSERT_TRUE(write_behind.gather(4, at(0s)));
  const SaveBatch batch = write_behind.take_batch();
  EXPECT_EQ(tenants_of(batch), (Numbers{1, 2, 3, 4})) << "beyond what a flush may carry";
  EXPECT_EQ(batch.closed_usage.size(), 50'001U);
  EXPECT_EQ(batch.through, Sequence{1});
}

TEST_F(WriteBehindSpec, TakesBackWhatWasGatheredForAFlushThatIsNotSent) {
  spend(1, 3);
  write_behind.begin_round();
  write_behind.begin();
  ASSERT_FALSE(write_behind.gather(2, at(0s)));
  write_behind.taken_back();
  EXPECT_EQ(write_behind.unsaved(), 3U);
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), (Numbers{3, 1, 2}));
}

// ---- Tenants that are removed

TEST_F(WriteBehindSpec, FreesATenantThatWasRemovedWhileDirty) {
  HostedTenant& hosted = spend(1);
  const PlaceIndex place = hosted.place;
  table.erase(hosted);
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), Numbers{});
  saved();
  EXPECT_TRUE(write_behind.idle());
  EXPECT_EQ(spend(2).place, place);
}

TEST_F(WriteBehindSpec, FreesATenantThatWasRemovedDuringItsFlush) {
  HostedTenant& hosted = spend(1);
  const PlaceIndex place = hosted.place;
  flush_in_a_new_round();
  table.erase(hosted);
  EXPECT_NE(spend(2).place, place) << "the flush still refers to it";
  saved();
  EXPECT_EQ(spend(3).place, place);
}

TEST_F(WriteBehindSpec, DoesNotSendARemovedTenantAgainWhenItsFlushFailed) {
  HostedTenant& hosted = spend(1);
  flush_in_a_new_round();
  table.erase(hosted);
  write_behind.failed();
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), Numbers{});
  saved();
  EXPECT_TRUE(write_behind.idle());
}

TEST_F(WriteBehindSpec, TakesAForgottenTenantOutOfABatchThatIsBeingGathered) {
  spend(1, 2);
  close(minute_row(1));
  close(window_row(1));
  audit(audit_row(1));
  close(minute_row(2));
  audit(audit_row(2));
  write_behind.begin_round();
  write_behind.begin();
  ASSERT_TRUE(write_behind.gather(3, at(0s)));
  write_behind.forget(tenant(1));
  const SaveBatch batch = write_behind.take_batch();
  EXPECT_EQ(tenants_of(batch), (Numbers{2}));
  EXPECT_EQ(batch.open_usage.size(), 1U);
  EXPECT_EQ(batch.closed_usage, (std::vector{minute_row(2)}));
  EXPECT_TRUE(batch.closed_windows.empty());
  EXPECT_EQ(batch.audit, (std::vector{audit_row(2)}));
  saved();
  EXPECT_EQ(write_behind.history().rows(), 0U);
}

/// The tenant was forgotten while the store had a batch with its rows, and is there again.
class WriteBehindAfterARebirthSpec : public WriteBehindFixture {
protected:
  WriteBehindAfterARebirthSpec() {
    close(minute_row(1, 10));
    close(window_row(1));
    close(minute_row(2, 10));
    flush_in_a_new_round();
    close(minute_row(1, 11));
    audit(audit_row(1, 1));
    write_behind.forget(tenant(1));
    close(minute_row(1, 12));
    audit(audit_row(1, 2));
  }
};

TEST_F(WriteBehindAfterARebirthSpec, KeepsRowsOfTheNewTenantWhenTheBatchIsSaved) {
  saved();
  const SaveBatch next = flush_in_a_new_round();
  EXPECT_EQ(next.closed_usage, (std::vector{minute_row(1, 12)}));
  EXPECT_EQ(next.audit, (std::vector{audit_row(1, 2)}));
}

TEST_F(WriteBehindAfterARebirthSpec, DoesNotSendRowsOfTheOldTenantAgainWhenTheBatchFails) {
  write_behind.failed();
  const SaveBatch again = flush_in_a_new_round();
  EXPECT_EQ(again.closed_usage, (std::vector{minute_row(1, 12), minute_row(2, 10)}));
  EXPECT_TRUE(again.closed_windows.empty());
  EXPECT_EQ(again.audit, (std::vector{audit_row(1, 2)}));
}

// ---- History

TEST_F(WriteBehindSpec, DropsTheHistoryThatTheStoreHasAndKeepsWhatCameSince) {
  close(minute_row(1, 10));
  close(window_row(1));
  const SaveBatch first = flush_in_a_new_round();
  EXPECT_EQ(first.closed_usage, (std::vector{minute_row(1, 10)}));
  EXPECT_EQ(first.closed_windows, (std::vector{window_row(1)}));
  close(minute_row(1, 11));
  saved();
  EXPECT_FALSE(write_behind.idle());
  EXPECT_EQ(flush_in_a_new_round().closed_usage, (std::vector{minute_row(1, 11)}));
  saved();
  EXPECT_TRUE(write_behind.idle());
  EXPECT_EQ(write_behind.history().rows(), 0U);
}

TEST_F(WriteBehindSpec, SendsHistoryAgainInItsOrderAfterAFailure) {
  close(minute_row(1, 10));
  flush_in_a_new_round();
  close(minute_row(1, 11));
  write_behind.failed();
  EXPECT_EQ(flush_in_a_new_round().closed_usage,
            (std::vector{minute_row(1, 10), minute_row(1, 11)}));
}

TEST_F(WriteBehindSpec, SendsHistoryOnlyWithTheStateThatKnowsThatItIsClosed) {
  spend(1, 3);
  close(minute_row(4));
  close(window_row(4));
  const SaveBatch others = flush_in_a_new_round();
  EXPECT_EQ(tenants_of(others), (Numbers{1, 2, 3}));
  EXPECT_TRUE(others.closed_usage.empty());
  EXPECT_TRUE(others.closed_windows.empty());
  saved();
  spend(4);
  const SaveBatch its = flush();
  EXPECT_EQ(tenants_of(its), (Numbers{4}));
  EXPECT_EQ(its.closed_usage, (std::vector{minute_row(4)}));
  EXPECT_EQ(its.closed_windows, (std::vector{window_row(4)}));
}

TEST_F(WriteBehindSpec, KeepsForLaterWhatATenantClosesAfterItWasGathered) {
  close(minute_row(1, 10));
  write_behind.begin_round();
  write_behind.begin();
  ASSERT_TRUE(write_behind.gather(1, at(0s)));
  close(minute_row(1, 11));
  EXPECT_EQ(write_behind.take_batch().closed_usage, (std::vector{minute_row(1, 10)}));
  saved();
  EXPECT_EQ(flush_in_a_new_round().closed_usage, (std::vector{minute_row(1, 11)}));
}

TEST_F(WriteBehindSpec, TakesNoFurtherTenantIntoAFlushThatHasMuchHistory) {
  const std::size_t rows_per_flush = 50'000;
  spend(2);
  write_behind.closed(std::vector<UsageRow>(rows_per_flush, minute_row(2)));
  spend(1);
  const SaveBatch much = flush_in_a_new_round();
  EXPECT_EQ(much.closed_usage.size(), rows_per_flush);
  EXPECT_EQ(tenants_of(much), (Numbers{2}));
  saved();
  EXPECT_FALSE(write_behind.round_over());
  EXPECT_EQ(tenants_of(flush()), (Numbers{1}));
}

TEST_F(WriteBehindSpec, CountsTheWindowsThatItHasNoPlaceForButKeepsEveryMinute) {
  for (int i = 0; i < 3; ++i) {
    close(minute_row(1));
  }
  EXPECT_FALSE(write_behind.history_full());
  close(window_row(1));
  EXPECT_TRUE(write_behind.history_full());
  close(window_row(1));
  close(minute_row(1));
  EXPECT_EQ(write_behind.history_lost(), 1U);
  EXPECT_EQ(write_behind.history().rows(), 5U);
}

}  // namespace
}  // namespace sluice::testing
