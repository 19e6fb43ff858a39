// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/recovered.hpp"

#include <gtest/gtest.h>

#include "tests/actors/runtime/tenants.hpp"

namespace sluice::testing {
namespace {

using namespace std::chrono_literals;

using Numbers = std::vector<std::uint64_t>;

constexpr LimitId second_limit{2};
constexpr MeterId tokens{2};

Counter used(std::uint64_t amount, LimitId limit = first_limit) {
  return {limit, Amount{amount}, wall_time_never, {}};
}

UsageBucket in_minute(std::uint32_t minute, std::uint64_t amount, std::uint32_t allowed = 0,
                      std::uint32_t denied = 0) {
  return {requests, Minute{minute}, Amount{amount}, allowed, denied};
}

class RecoveredSpec : public ::testing::Test {
protected:
  void spent(std::uint64_t number, const std::vector<Counter>& counters,
             const std::vector<UsageBucket>& open_usage = {}) {
    recovered.apply({.tenant = tenant(number),
                     .shard = ShardId{0},
                     .counters = counters,
                     .open_usage = open_usage});
  }
  /// With a window that ended in that minute.
  void closed(std::uint64_t number, const UsageBucket& minute) {
    recovered.apply({.tenant = tenant(number),
                     .shard = ShardId{0},
                     .closed_usage = {&minute, 1},
                     .closed_windows = {&window, 1}});
  }
  void remembered(std::uint64_t number, const std::vector<Entry>& entries) {
    recovered.apply({.tenant = tenant(number), .shard = ShardId{0}, .entries = entries});
  }
  void removed(std::uint64_t number) {
    recovered.apply({.tenant = tenant(number), .shard = ShardId{0}, .removed = true});
  }
  const TenantState& state(std::uint64_t number) {
    const TenantState* found = recovered.find(tenant(number));
    static const TenantState nothing;
    EXPECT_NE(found, nullptr);
    return found == nullptr ? nothing : *found;
  }

  const ClosedWindow window{first_limit, requests, WallTime{}, Amount{5}};
  Recovered recovered;
};

TEST_F(RecoveredSpec, KeepsTheNewestStateOfEachLimit) {
  spent(1, {used(1), used(2, second_limit)});
  spent(1, {used(3)});
  EXPECT_EQ(state(1).counters, (std::vector{used(3), used(2, second_limit)}));
}

TEST_F(RecoveredSpec, TakesALaterStateAlsoWhereItIsTheSmallerOne) {
  spent(1, {used(9)});
  spent(1, {used(1)});
  EXPECT_EQ(state(1).counters, (std::vector{used(1)})) << "a window has started again";
}

TEST_F(RecoveredSpec, KeepsTheLatestMinuteOfEachMeter) {
  const UsageBucket other{tokens, Minute{10}, Amount{4}, 1};
  spent(1, {}, {in_minute(10, 3), other});
  spent(1, {}, {in_minute(11, 1)});
  spent(1, {}, {in_minute(9, 8)});
  EXPECT_EQ(state(1).open_usage, (std::vector{in_minute(11, 1), other}));
}

TEST_F(RecoveredSpec, KeepsTheLatestMinuteOfEachPartOfAMeter) {
  UsageBucket ann = in_minute(10, 3);
  ann.part = PartRef{{"user", "ann"}};
  UsageBucket later = in_minute(11, 1);
  later.part = ann.part;
  spent(1, {}, {in_minute(10, 3), ann});
  spent(1, {}, {later});
  EXPECT_EQ(state(1).open_usage, (std::vector{in_minute(10, 3), later}));
}

TEST_F(RecoveredSpec, NeverLowersACountOfOneMinute) {
  spent(1, {}, {in_minute(10, 3, 3, 7)});
  spent(1, {}, {in_minute(10, 4, 4, 0)});
  spent(1, {}, {in_minute(10, 2, 2, 0)});
  EXPECT_EQ(state(1).open_usage, (std::vector{in_minute(10, 4, 4, 7)}))
      << "refusals are not journalled, so the store may know of more";
}

TEST_F(RecoveredSpec, KnowsATenantOfWhichOnlyHistoryIsLeft) {
  closed(1, in_minute(10, 3));
  EXPECT_TRUE(state(1).counters.empty()) << "so that somebody carries its history on";
}

TEST_F(RecoveredSpec, KeepsTheHistoryOfEachTenantInItsOrderAndHandsItOverOnce) {
  closed(2, in_minute(10, 3));
  closed(1, in_minute(10, 4));
  closed(2, in_minute(11, 5));
  const UnsavedHistory history = recovered.take_history();
  EXPECT_EQ(history.rows(), 6U);
  EXPECT_EQ(history.find(tenant(1))->minutes, (std::vector{in_minute(10, 4)}));
  EXPECT_EQ(history.find(tenant(2))->minutes, (std::vector{in_minute(10, 3), in_minute(11, 5)}));
  EXPECT_EQ(history.find(tenant(2))->windows, (std::vector{window, window}));
  EXPECT_EQ(recovered.history().rows(), 0U);
}

TEST_F(RecoveredSpec, TakesARemovalForTheEndOfEverythingBefore) {
  for (const std::uint64_t number : {1U, 2U}) {
    spent(number, {used(1)});
    closed(number, in_minute(10, 3));
  }
  removed(1);
  EXPECT_EQ(recovered.find(tenant(1)), nullptr);
  EXPECT_EQ(recovered.history().find(tenant(1)), nullptr);
  EXPECT_EQ(recovered.history().rows(), 2U) << "the other's";
  EXPECT_EQ(state(2).counters, (std::vector{used(1)}));
}

TEST_F(RecoveredSpec, TakesWhatComesAfterARemovalForANewTenants) {
  spent(1, {used(9), used(9, second_limit)});
  removed(1);
  spent(1, {used(1)});
  EXPECT_EQ(state(1).counters, (std::vector{used(1)}));
}

TEST_F(RecoveredSpec, ForgetsTheStateOfATenantButNotItsHistory) {
  spent(1, {used(1)});
  closed(1, in_minute(10, 3));
  recovered.forget(tenant(1));
  EXPECT_EQ(recovered.find(tenant(1)), nullptr);
  EXPECT_EQ(recovered.history().rows(), 2U);
}

TEST_F(RecoveredSpec, TellsOfTheLowestIdsFirstInWhateverOrderTheyCame) {
  for (const std::uint64_t number : {3U, 1U, 4U, 2U}) {
    spent(number, {used(number)});
  }
  Numbers told;
  for (const auto* next = recovered.next(std::nullopt); next != nullptr;
       next = recovered.next(next->first)) {
    told.push_back(next->second.counters.at(0).used.raw());
  }
  EXPECT_EQ(told, (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(recovered.tenants(), 4U) << "telling takes nothing out";
}

TEST(PutOverSpec, LeavesWhatTheNewerStateDoesNotSpeakOf) {
  TenantState stored{{used(1), used(2, second_limit)},
                     {{tokens, Minute{10}, Amount{4}, 1}, in_minute(10, 2)}};
  put_over(stored, {{used(5, second_limit)}, {in_minute(11, 1)}});
  EXPECT_EQ(stored.counters, (std::vector{used(1), used(5, second_limit)}));
  EXPECT_EQ(stored.open_usage,
            (std::vector<UsageBucket>{{tokens, Minute{10}, Amount{4}, 1}, in_minute(11, 1)}));
}

TEST(PutOverSpec, AddsWhatTheStoreHasNotHeardOf) {
  TenantState stored;
  put_over(stored, {{used(5)}, {in_minute(11, 1)}});
  EXPECT_EQ(stored.counters, (std::vector{used(5)}));
  EXPECT_EQ(stored.open_usage, (std::vector{in_minute(11, 1)}));
}

TEST(PutOverSpec, LeavesAMinuteThatTheStoreHasLater) {
  TenantState stored{{}, {in_minute(12, 1)}};
  put_over(stored, {{}, {in_minute(11, 9)}});
  EXPECT_EQ(stored.open_usage, (std::vector{in_minute(12, 1)}));
}

TEST_F(RecoveredSpec, LiesOverAMinuteThatTheStoreHasSeenMoreOf) {
  TenantState stored;
  stored.open_usage = {{MeterId{1}, Minute{60}, Amount{5}, 4, 9, 8, Amount{2}}};
  const UsageBucket journalled{MeterId{1}, Minute{60}, Amount{7}, 6, 1, 0, Amount{3}};
  put_over(stored, {{}, {journalled}});
  EXPECT_EQ(stored.open_usage,
            (std::vector{UsageBucket{MeterId{1}, Minute{60}, Amount{7}, 6, 9, 8, Amount{3}}}));
}

TEST_F(RecoveredSpec, KeepsTheNewestStateOfEachEntry) {
  Entry entry{.id = EntryId{1, 1}, .state = EntryState::held};
  const Entry other{.id = EntryId{1, 2}, .state = EntryState::answered};
  remembered(1, {entry, other});
  entry.state = EntryState::committed;
  remembered(1, {entry});
  EXPECT_EQ(state(1).entries, (std::vector{entry, other}));
}

TEST_F(RecoveredSpec, KnowsNoEntryOfATenantThatWasRemoved) {
  const Entry entry{.id = EntryId{1, 1}};
  remembered(1, {entry, entry});
  removed(1);
  EXPECT_EQ(recovered.find(tenant(1)), nullptr);
  remembered(1, {entry});
  EXPECT_EQ(state(1).entries, (std::vector{entry}));
}

TEST(PutOverSpec, PutsEntriesBehindThoseThatTheyReplace) {
  const Entry old{.id = EntryId{1, 1}, .state = EntryState::held};
  const Entry newer{.id = EntryId{1, 1}, .state = EntryState::committed};
  TenantState stored{.entries = {old}};
  put_over(stored, {.entries = {newer}});
  EXPECT_EQ(stored.entries, (std::vector{old, newer}));
}

TEST_F(RecoveredSpec, HasEverythingOfACounterFromTheNewestChange) {
  const Counter old{LimitId{1}, Amount{9}, WallTime{1h},  ThresholdMask{3},
                    Amount{4},  Amount{5}, WallTime{1min}};
  const Counter journalled{LimitId{1}, Amount{1}, WallTime{2h}, ThresholdMask{0}};
  recovered.apply({.tenant = tenant(1), .shard = ShardId{0}, .counters = {&old, 1}});
  recovered.apply({.tenant = tenant(1), .shard = ShardId{0}, .counters = {&journalled, 1}});
  EXPECT_EQ(recovered.find(tenant(1))->counters, std::vector{journalled});
}

}  // namespace
}  // namespace sluice::testing
