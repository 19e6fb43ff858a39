// SPDX-License-Identifier: Apache-2.0
// How many rows a flush has, and what becomes of one that is too large.
#include "tests/actors/runtime/write_behind_fixture.hpp"

namespace sluice::testing {
namespace {

/// A flush takes no further tenant with so many rows.
constexpr std::size_t flush_rows = 8'000;

class FlushSizeSpec : public WriteBehindFixture {
protected:
  FlushSizeSpec() : WriteBehindFixture({}, flush_rows) {}

  /// The tenant spends, and has closed so many minutes.
  void close_many(std::uint64_t number, std::size_t minutes) {
    spend(number);
    write_behind.closed(std::vector<UsageRow>(minutes, minute_row(number)));
  }
  /// The rows of each part, of which the store takes every one.
  std::vector<std::size_t> parts_from(const SaveBatch& first) {
    std::vector<std::size_t> rows{first.rows()};
    while (write_behind.has_more()) {
      rows.push_back(write_behind.take_batch().rows());
    }
    return rows;
  }
};

TEST_F(FlushSizeSpec, TakesNoFurtherTenantOnceItHasEnoughRowsOfAnyKind) {
  close_many(1, flush_rows - 2);
  spend(2);
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), (Numbers{1}));
  saved();
  EXPECT_FALSE(write_behind.round_over());
  EXPECT_EQ(tenants_of(flush()), (Numbers{2}));
}

TEST_F(FlushSizeSpec, HalvesAfterAFailureSoThatAStoreThatIsTooSlowForItTakesTheNext) {
  for (const std::uint64_t number : Numbers{1, 2, 3}) {
    close_many(number, 2'000);
  }
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), (Numbers{1, 2, 3}));
  write_behind.failed();
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), (Numbers{1, 2})) << "3,003 of 6,006 rows";
  write_behind.failed();
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), (Numbers{3}));
}

TEST_F(FlushSizeSpec, GrowsBackWithEachFlushThatTheStoreTakes) {
  for (const std::uint64_t number : Numbers{1, 2, 3}) {
    close_many(number, 2'000);
  }
  flush_in_a_new_round();
  write_behind.failed();
  flush_in_a_new_round();
  write_behind.failed();
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), (Numbers{3}));
  saved();
  EXPECT_EQ(tenants_of(flush()), (Numbers{1, 2}));
  saved();
  for (const std::uint64_t number : Numbers{1, 2, 3}) {
    close_many(number, 2'000);
  }
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), (Numbers{1, 2, 3}));
}

TEST_F(FlushSizeSpec, DoesNotShrinkForWhatTheStoreWasNotAsked) {
  for (const std::uint64_t number : Numbers{1, 2, 3}) {
    close_many(number, 2'000);
  }
  flush_in_a_new_round();
  write_behind.taken_back();
  EXPECT_EQ(tenants_of(flush_in_a_new_round()), (Numbers{1, 2, 3}));
}

TEST_F(FlushSizeSpec, CutsWhatOneTenantHasIntoPartsThatTheStoreTakesOneAfterTheOther) {
  close_many(1, 3 * flush_rows - 2);
  write_behind.committed(Sequence{4});
  const SaveBatch first = flush_in_a_new_round();
  EXPECT_EQ(first.rows(), flush_rows);
  EXPECT_EQ(first.through, Sequence{0});
  EXPECT_TRUE(write_behind.has_more());
  EXPECT_EQ(write_behind.take_batch().through, Sequence{0});
  const SaveBatch last = write_behind.take_batch();
  EXPECT_EQ(last.through, Sequence{4});
  EXPECT_EQ(tenants_of(last), (Numbers{1}));
  EXPECT_FALSE(write_behind.has_more());
  EXPECT_EQ(write_behind.saved_through(), Sequence{0}) << "not before the store has the last one";
  saved();
  EXPECT_EQ(write_behind.saved_through(), Sequence{4});
  EXPECT_TRUE(write_behind.idle());
}

TEST_F(FlushSizeSpec, CutsSmallerPartsAfterAFailureUntilTheStoreTakesThem) {
  close_many(1, 3 * flush_rows);
  const SaveBatch first = flush_in_a_new_round();
  EXPECT_EQ(first.rows(), flush_rows);
  write_behind.failed();
  EXPECT_FALSE(write_behind.has_more());
  EXPECT_EQ(flush_in_a_new_round().rows(), flush_rows / 2);
  write_behind.failed();
  EXPECT_EQ(parts_from(flush_in_a_new_round()).size(), 13U) << "of 2,000 rows and the rest";
  saved();
  EXPECT_TRUE(write_behind.idle());
}

TEST_F(FlushSizeSpec, NeverSendsAsMuchAgainAsFailed) {
  close_many(1, flush_rows + flush_rows / 4);
  std::size_t failed = flush_in_a_new_round().rows();
  EXPECT_EQ(failed, flush_rows + flush_rows / 4 + 2) << "a little more than usual is not cut";
  for (int failures = 0; failures < 3; ++failures) {
    write_behind.failed();
    const std::size_t next = flush_in_a_new_round().rows();
    EXPECT_LE(next, failed / 2);
    failed = next;
  }
}

TEST_F(FlushSizeSpec, NeverShrinksToWhatCostsMoreThanItCarries) {
  close_many(1, 3 * flush_rows);
  for (int failures = 0; failures < 10; ++failures) {
    flush_in_a_new_round();
    write_behind.failed();
  }
  EXPECT_EQ(flush_in_a_new_round().rows(), 1'000U);
}

TEST_F(FlushSizeSpec, HoldsTheMarkUntilAllPartsOfAFailedFlushAreSaved) {
  close_many(1, 3 * flush_rows);
  write_behind.committed(Sequence{4});
  flush_in_a_new_round();
  static_cast<void>(write_behind.take_batch());
  write_behind.failed();
  spend_at(5, 2);
  const SaveBatch again = flush_in_a_new_round();
  EXPECT_EQ(again.closed_usage.size(), flush_rows / 2) << "all of it is sent again";
  EXPECT_EQ(again.through, Sequence{0});
  parts_from(again);
  saved();
  EXPECT_EQ(tenants_of(flush()), (Numbers{2}));
  saved();
  EXPECT_EQ(write_behind.saved_through(), Sequence{5});
}

TEST_F(FlushSizeSpec, TakesAForgottenTenantOutOfThePartsThatTheStoreHasNotBeenGiven) {
  close_many(1, 3 * flush_rows);
  flush_in_a_new_round();
  write_behind.forget(tenant(1));
  while (write_behind.has_more()) {
    EXPECT_EQ(write_behind.take_batch().rows(), 0U);
  }
  saved();
}

TEST_F(FlushSizeSpec, CutsEverythingBetweenShardsOnlyBecauseNoJournalHasIt) {
  for (std::uint64_t number = 1; number <= 6; ++number) {
    close_many(number, 4'000);
  }
  write_behind.committed(Sequence{3});
  write_behind.begin(WriteBehind::Extent::everything);
  ASSERT_TRUE(write_behind.gather(6, at(0s)));
  std::size_t parts = 0;
  Numbers told;
  do {
    const SaveBatch part = write_behind.take_batch();
    EXPECT_EQ(part.through, Sequence{3});
    EXPECT_EQ(part.closed_usage.size(), 4'000 * part.counters.size());
    const Numbers its = tenants_of(part);
    told.insert(told.end(), its.begin(), its.end());
    ++parts;
  } while (write_behind.has_more());
  EXPECT_GT(parts, 1U);
  EXPECT_EQ(told.size(), 6U);
}

}  // namespace
}  // namespace sluice::testing
