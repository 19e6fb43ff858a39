// SPDX-License-Identifier: Apache-2.0
#include "protocol/transport/loop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <kj/async.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace sluice {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class LoopSpec : public ::testing::Test {
public:
  ~LoopSpec() noexcept override = default;

protected:
  bool turn() { return loop_.turn(0ns, 0ns); }
  auto says(std::string what) {
    return [this, what = std::move(what)] { said_.push_back(what); };
  }

  Loop loop_;
  std::vector<std::string> said_;
};

TEST_F(LoopSpec, RunsThePromiseThatAHandlerFulfilsInTheSameTurn) {
  Loop::Scope scope{loop_};
  auto paf = kj::newPromiseAndFulfiller<void>();
  auto promise = paf.promise.then(says("promise")).eagerlyEvaluate(nullptr);
  loop_.post([&] { paf.fulfiller->fulfill(); });
  EXPECT_TRUE(turn());
  EXPECT_THAT(said_, ElementsAre("promise"));
}

TEST_F(LoopSpec, RunsJobsAndEventsUntilNoneMakesAnotherReady) {
  Loop::Scope scope{loop_};
  kj::Promise<void> promise = nullptr;
  loop_.defer([&] {
    promise = kj::evalLater([&] {
                loop_.defer(says("job of an event of a job"));
              }).eagerlyEvaluate(nullptr);
  });
  EXPECT_TRUE(turn());
  EXPECT_THAT(said_, ElementsAre("job of an event of a job"));
}

TEST_F(LoopSpec, CallsTheHooksOnceAfterEverythingElseInTheOrderOfRegistration) {
  Loop::Scope scope{loop_};
  loop_.at_end_of_turn(says("first hook"));
  loop_.at_end_of_turn(says("second hook"));
  loop_.post(says("handler"));
  loop_.post([this] { loop_.defer(says("job")); });
  turn();
  EXPECT_THAT(said_, ElementsAre("handler", "job", "first hook", "second hook"));
}

TEST_F(LoopSpec, CallsTheHooksAgainIfAHookMadeWork) {
  Loop::Scope scope{loop_};
  bool made_work = false;
  loop_.at_end_of_turn([&] {
    said_.push_back("hook");
    if (!std::exchange(made_work, true)) {
      loop_.defer(says("job of the hook"));
    }
  });
  loop_.defer(says("job"));
  turn();
  EXPECT_THAT(said_, ElementsAre("job", "hook", "job of the hook", "hook"));
}

TEST_F(LoopSpec, CallsNoHookInATurnThatDidNothing) {
  Loop::Scope scope{loop_};
  loop_.at_end_of_turn(says("hook"));
  EXPECT_FALSE(turn());
  EXPECT_THAT(said_, ElementsAre());
}

TEST_F(LoopSpec, LetsDeparturesGoOnceAfterTheHooks) {
  struct Ship final : Loop::Departure {
    explicit Ship(std::vector<std::string>& said) : said_{said} {}
    void depart() noexcept override { said_.push_back("departure"); }
    std::vector<std::string>& said_;
  };
  Loop::Scope scope{loop_};
  loop_.at_end_of_turn(says("hook"));
  loop_.depart_at_end_of_turn(std::make_shared<Ship>(said_));
  EXPECT_TRUE(turn());
  EXPECT_FALSE(turn());
  EXPECT_THAT(said_, ElementsAre("hook", "departure"));
}

TEST_F(LoopSpec, EndsATurnAlthoughJobsKeepMakingJobs) {
  Loop::Scope scope{loop_};
  std::function<void()> endless = [&] { loop_.defer(endless); };
  loop_.defer(endless);
  EXPECT_TRUE(turn());
  EXPECT_TRUE(turn()) << "the rest goes on in the next turn";
}

TEST_F(LoopSpec, AHandlerOfAnotherThreadIsRunInTheNextTurn) {
  Loop::Scope scope{loop_};
  std::thread{[this] { loop_.post(says("posted")); }}.join();
  EXPECT_TRUE(turn());
  EXPECT_THAT(said_, ElementsAre("posted"));
}

TEST_F(LoopSpec, APostWakesASleepingLoop) {
  Loop::Scope scope{loop_};
  std::atomic<bool> about_to_sleep = false;
  std::thread other{[&] {
    about_to_sleep.wait(false);
    loop_.post(says("posted"));
  }};
  about_to_sleep = true;
  about_to_sleep.notify_one();
  const auto before = std::chrono::steady_clock::now();
  while (said_.empty()) {
    loop_.turn(0ns, 60s);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - before, 30s);
  other.join();
}

TEST_F(LoopSpec, MissesNoPostOfManyThreads) {
  constexpr int posts = 5'000;
  Loop::Scope scope{loop_};
  int ran = 0;
  const auto post_many = [&] {
    for (int i = 0; i < posts; ++i) {
      loop_.post([&ran] { ++ran; });
    }
  };
  std::vector<std::thread> others;
  for (int i = 0; i < 3; ++i) {
    others.emplace_back(post_many);
  }
  while (ran < 3 * posts) {
    loop_.turn(1us, 60s);
  }
  for (auto& other : others) {
    other.join();
  }
  EXPECT_EQ(ran, 3 * posts);
}

TEST_F(LoopSpec, MayBeDrivenByOneThreadAfterTheOther) {
  kj::Promise<void> promise = nullptr;
  {
    Loop::Scope scope{loop_};
    promise = kj::evalLater(says("event of the first thread")).eagerlyEvaluate(nullptr);
    loop_.defer(says("job of the first thread"));
  }
  std::thread{[this] {
    Loop::Scope scope{loop_};
    turn();
  }}.join();
  EXPECT_THAT(said_, ElementsAre("event of the first thread", "job of the first thread"));
}

TEST_F(LoopSpec, FindsWhatComesWhileItSpins) {
  Loop::Scope scope{loop_};
  std::thread other{[this] { loop_.post(says("posted")); }};
  while (said_.empty()) {
    loop_.turn(10ms, 0ns);
  }
  other.join();
}

TEST_F(LoopSpec, AnExceptionOutOfAJobEndsTheProcess) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  Loop::Scope scope{loop_};
  loop_.defer([] { throw std::runtime_error{"a bug"}; });
  EXPECT_DEATH(turn(), "a bug");
}

}  // namespace
}  // namespace sluice
