// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/caller.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <thread>

namespace sluice::testing {
namespace {

/// A caller on this thread, whose reply owns something that notes where it ends.
class CallerSpec : public ::testing::Test {
protected:
  Caller<int> caller() {
    const std::shared_ptr<void> owned(nullptr,
                                      [this](void*) { ended_on = std::this_thread::get_id(); });
    return Caller<int>{loop, [this, owned](Result<int> result) { answer = result.value(); }};
  }
  void turn() { loop.turn({}, {}); }

  Loop loop;
  const Loop::Scope scope{loop};
  std::optional<int> answer;
  std::thread::id ended_on;
};

TEST_F(CallerSpec, IsAnsweredOnItsOwnThreadAndItsReplyEndsThereThoughTheQuestionLivesOn) {
  const Caller<int> question = caller();
  std::thread{[&] { question.answer(7); }}.join();
  EXPECT_EQ(answer, std::nullopt);
  turn();
  EXPECT_EQ(answer, 7);
  EXPECT_EQ(ended_on, std::this_thread::get_id());
}

TEST_F(CallerSpec, ThatIsNeverAnsweredEndsOnItsOwnThread) {
  std::thread{[question = caller()] {}}.join();
  EXPECT_EQ(ended_on, std::thread::id{});
  turn();
  EXPECT_EQ(answer, std::nullopt);
  EXPECT_EQ(ended_on, std::this_thread::get_id());
}

}  // namespace
}  // namespace sluice::testing
