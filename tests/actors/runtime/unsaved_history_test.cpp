// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/unsaved_history.hpp"

#include "tests/actors/runtime/write_behind_fixture.hpp"

namespace sluice::testing {
namespace {

class UnsavedHistorySpec : public ::testing::Test {
protected:
  SaveBatch hand_over(std::uint64_t number) {
    SaveBatch batch;
    history.hand_over(tenant(number), batch);
    return batch;
  }

  UnsavedHistory history;
};

TEST_F(UnsavedHistorySpec, HandsOverTheRowsOfOneTenantOnly) {
  history.add(minute_row(1));
  history.add(window_row(1));
  history.add(minute_row(2));
  const SaveBatch batch = hand_over(1);
  EXPECT_EQ(batch.closed_usage, (std::vector{minute_row(1)}));
  EXPECT_EQ(batch.closed_windows, (std::vector{window_row(1)}));
  EXPECT_EQ(hand_over(3).rows(), 0U);
}

TEST_F(UnsavedHistorySpec, HandsNothingOverTwiceUnlessItFailed) {
  history.add(minute_row(1, 10));
  static_cast<void>(hand_over(1));
  history.add(minute_row(1, 11));
  EXPECT_EQ(hand_over(1).closed_usage, (std::vector{minute_row(1, 11)}));
  history.failed(tenant(1));
  EXPECT_EQ(hand_over(1).closed_usage, (std::vector{minute_row(1, 10), minute_row(1, 11)}));
}

TEST_F(UnsavedHistorySpec, KeepsWhatCameAfterTheBatchThatWasSaved) {
  history.add(minute_row(1, 10));
  static_cast<void>(hand_over(1));
  history.add(minute_row(1, 11));
  history.saved(tenant(1));
  EXPECT_EQ(history.rows(), 1U);
  EXPECT_EQ(hand_over(1).closed_usage, (std::vector{minute_row(1, 11)}));
  history.saved(tenant(1));
  EXPECT_EQ(history.rows(), 0U);
  EXPECT_EQ(history.find(tenant(1)), nullptr);
}

TEST_F(UnsavedHistorySpec, TakesRowsForThoseOfAnotherTenantAfterItForgotOneWithTheId) {
  history.add(minute_row(1, 10));
  static_cast<void>(hand_over(1));
  history.forget(tenant(1));
  EXPECT_EQ(history.rows(), 0U);
  history.add(minute_row(1, 12));
  history.saved(tenant(1));
  EXPECT_EQ(hand_over(1).closed_usage, (std::vector{minute_row(1, 12)}));
}

}  // namespace
}  // namespace sluice::testing
