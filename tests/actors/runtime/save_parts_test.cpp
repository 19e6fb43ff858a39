// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/save_parts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "tests/actors/runtime/write_behind_fixture.hpp"

namespace sluice::testing {
namespace {

constexpr ShardCount shards_cut{64};

EntryRow entry_row(std::uint64_t number, std::uint64_t id, EntryState state) {
  return {tenant(number), Entry{.id = EntryId{1, id}, .state = state}};
}

/// Some of everything that one tenant has.
SaveBatch large_batch() {
  SaveBatch batch{.epoch = Epoch{5}, .through = Sequence{9}};
  batch.shards = {shard_of(tenant(1), shards_cut)};
  for (std::uint32_t i = 1; i <= 4; ++i) {
    batch.closed_usage.push_back(minute_row(1, i));
    batch.entries.push_back(entry_row(1, i, EntryState::held));
    batch.forgotten.push_back({tenant(1), EntryId{2, i}});
  }
  batch.entries.insert(batch.entries.begin(), entry_row(1, 9, EntryState::granted));
  batch.closed_windows.push_back(window_row(1));
  batch.audit.push_back(audit_row(1));
  batch.counters.push_back({tenant(1), Counter{first_limit, Amount{7}, wall_time_never, {}}});
  batch.open_usage.push_back(minute_row(1, 5));
  return batch;
}

TEST(SavePartsSpec, OfRowsHaveEachRowOnceAndNoMoreThanTheyMay) {
  const SaveBatch whole = large_batch();
  SaveBatch together;
  for (const SaveBatch& part : cut_by_rows(whole, 3, Sequence{4})) {
    EXPECT_LE(part.rows(), 3U);
    EXPECT_GT(part.rows(), 0U);
    EXPECT_EQ(part.epoch, Epoch{5});
    EXPECT_EQ(part.shards, whole.shards);
    together.closed_usage.insert(together.closed_usage.end(), part.closed_usage.begin(),
                                 part.closed_usage.end());
    together.entries.insert(together.entries.end(), part.entries.begin(), part.entries.end());
  }
  EXPECT_EQ(together.closed_usage, whole.closed_usage);
  EXPECT_EQ(together.entries.size(), whole.entries.size());
}

TEST(SavePartsSpec, OfRowsSayWithTheLastOneOnlyHowFarTheStoreHasEverything) {
  const auto parts = cut_by_rows(large_batch(), 3, Sequence{4});
  ASSERT_GT(parts.size(), 2U);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    EXPECT_EQ(parts[i].through, Sequence{4}) << "what was true before";
  }
  EXPECT_EQ(parts.back().through, Sequence{9});
}

TEST(SavePartsSpec, OfRowsTellWhatMayBeAheadOfTheCountersFirst) {
  const auto parts = cut_by_rows(large_batch(), 4, Sequence{4});
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    EXPECT_TRUE(parts[i].counters.empty());
    EXPECT_TRUE(parts[i].forgotten.empty());
  }
  const SaveBatch& state = parts.back();
  EXPECT_FALSE(state.counters.empty());
  ASSERT_FALSE(state.entries.empty());
  EXPECT_EQ(state.entries.back().entry.state, EntryState::granted)
      << "a grant and the counter of its limit are numbers of one account";
  EXPECT_EQ(state.forgotten.size(), 4U) << "what they have counted is not open any more";
}

TEST(SavePartsSpec, OfRowsForgetBeforeTheCountersWhatIsTooMuchToGoWithThem) {
  const auto parts = cut_by_rows(large_batch(), 3, Sequence{4});
  EXPECT_TRUE(parts.back().forgotten.empty());
  EXPECT_FALSE(parts.back().counters.empty());
}

TEST(SavePartsSpec, OfRowsKeepCountersTogetherHoweverManyThereAre) {
  SaveBatch batch;
  batch.counters.resize(10);
  const auto parts = cut_by_rows(std::move(batch), 3, Sequence{});
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].counters.size(), 10U);
}

// A change of credit and its event are both there or neither.
TEST(SavePartsSpec, OfRowsKeepTheEventsOfCreditWithTheGrantsThatTheyTellOf) {
  for (const SaveBatch& part : cut_by_rows(large_batch(), 3, Sequence{})) {
    const bool has_grant = std::ranges::any_of(
        part.entries, [](const EntryRow& row) { return row.entry.state == EntryState::granted; });
    EXPECT_EQ(part.audit.size(), has_grant ? 1U : 0U);
  }
}

TEST(SavePartsSpec, OfRowsCutEventsOnlyIfTheyAloneAreTooMany) {
  SaveBatch batch = large_batch();
  for (std::uint64_t change = 2; change <= 7; ++change) {
    batch.audit.push_back(audit_row(1, change));
  }
  std::vector<AuditRow> told;
  for (const SaveBatch& part : cut_by_rows(batch, 3, Sequence{})) {
    EXPECT_LE(part.rows(), 3U);
    told.insert(told.end(), part.audit.begin(), part.audit.end());
  }
  ASSERT_EQ(told.size(), 7U);
  EXPECT_EQ(told.front().change, batch.audit.front().change);
  EXPECT_EQ(told.back().change, batch.audit.back().change) << "in their order";
}

/// Of ten tenants, each with a counter and a closed minute.
SaveBatch batch_of_many_shards() {
  SaveBatch batch{.epoch = Epoch{5}, .through = Sequence{9}};
  std::vector<bool> has(shards_cut.raw());
  for (std::uint64_t number = 1; number <= 10; ++number) {
    batch.counters.push_back(
        {tenant(number), Counter{first_limit, Amount{7}, wall_time_never, {}}});
    batch.closed_usage.push_back(minute_row(number));
    has[shard_of(tenant(number), shards_cut).raw()] = true;
  }
  for (std::uint16_t shard = 0; shard < shards_cut.raw(); ++shard) {
    if (has[shard]) {
      batch.shards.push_back(ShardId{shard});
    }
  }
  return batch;
}

TEST(SavePartsSpec, OfShardsHaveEverythingOfTheirsAndSayIt) {
  const auto parts = cut_by_shards(batch_of_many_shards(), 5, shards_cut);
  ASSERT_GT(parts.size(), 1U);
  std::vector<ShardId> told;
  std::size_t rows = 0;
  for (const SaveBatch& part : parts) {
    EXPECT_EQ(part.through, Sequence{9});
    EXPECT_EQ(part.counters.size(), part.closed_usage.size());
    for (const CounterRow& row : part.counters) {
      EXPECT_NE(std::ranges::find(part.shards, shard_of(row.tenant, shards_cut)),
                part.shards.end());
    }
    told.insert(told.end(), part.shards.begin(), part.shards.end());
    rows += part.rows();
  }
  EXPECT_EQ(told, batch_of_many_shards().shards) << "each in one part";
  EXPECT_EQ(rows, 20U);
}

}  // namespace
}  // namespace sluice::testing
