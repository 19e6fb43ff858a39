// SPDX-License-Identifier: Apache-2.0
// Goal    What is in flight, and what passes in a second, as another system's own tests have it.
// Method  A real server on simulated time; each case is a tenant.
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/conformance/facts_file.hpp"
#include "tests/support/served.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

/// The whole numbers in a text.
std::vector<std::uint64_t> numbers_in(const std::string& text) {
  std::string digits = text;
  for (char& letter : digits) {
    letter = letter >= '0' && letter <= '9' ? letter : ' ';
  }
  std::istringstream stream{digits};
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t number = 0; stream >> number;) {
    numbers.push_back(number);
  }
  return numbers;
}

class ConcurrencyConformance : public ::testing::Test {
protected:
  Served served_{{"--simulated-time", "2019-01-01T00:00:00Z"}};
  int tenants_ = 0;
  TenantId tenant_;
  std::string slug_;
  std::uint64_t last_id_ = 0;
  std::deque<EntryId> in_flight_;

  Decision ask(Mode mode, EntryId id, std::uint64_t amount) {
    const Charge charge{api_requests, Amount{amount}};
    return served_.gateway().check(Check{tenant_, {&charge, 1}, mode, id}).decision;
  }
  LimitReading reading() { return must(served_.administrator().usage(slug_)).limits.at(0).reading; }

  bool acquire() {
    const EntryId id{1, ++last_id_};
    const bool acquired = ask(Mode::reserve, id, 1).outcome == Outcome::allowed;
    if (acquired) {
      in_flight_.push_back(id);
    }
    return acquired;
  }
  bool release() {
    const EntryId id = in_flight_.front();
    in_flight_.pop_front();
    return ask(Mode::commit, id, 1).outcome == Outcome::allowed;
  }

  /// Of how much is in flight.
  void take_step(const json& step) {
    const auto op = step.at("op").get<std::string>();
    if (op == "advance") {
      must(served_.administrator().advance_clock(milliseconds{step.at("ms").get<int>()}));
    } else if (op == "read") {
      EXPECT_EQ(reading().held, Amount{step.at("expect").at("in_flight").get<std::uint64_t>()});
    } else if (op.starts_with("acquire")) {
      const bool blocked = step.value("expect", std::string{}) == "BLOCKED";
      for (std::uint64_t i = 0; i < numbers_in(op).at(0); ++i) {
        EXPECT_EQ(acquire(), !blocked);
      }
    } else if (op.starts_with("release")) {
      for (std::uint64_t i = 0; i < numbers_in(op).at(0); ++i) {
        EXPECT_TRUE(release());
      }
    } else {
      FAIL() << "not an operation: " << op;
    }
  }

  /// Of what passes: everything is recorded, and asked first whether it may be.
  void take_window_step(const json& step) {
    const auto op = step.at("op").get<std::string>();
    if (op == "advance") {
      return take_step(step);
    }
    bool can_pass = true;
    for (const std::uint64_t amount : numbers_in(op)) {
      can_pass = ask(Mode::peek, {}, amount).outcome == Outcome::allowed;
      ask(Mode::record, {}, amount);
    }
    const json expect = step.at("expect");
    EXPECT_EQ(can_pass, expect.at("can_pass").get<bool>());
    if (expect.contains("sum")) {
      EXPECT_EQ(reading().used, Amount{expect.at("sum").get<std::uint64_t>()});
    }
  }

  static bool is_of_a_window(const json& facts) {
    return facts.at("steps").at(0).at("op").get<std::string>().starts_with("add");
  }

  /// Of what passed in the last second, to the moment: what passes is in flight for a second and
  /// never ended.
  void take_exact_window_step(const json& step) {
    const auto op = step.at("op").get<std::string>();
    if (op == "advance") {
      return take_step(step);
    }
    bool can_pass = true;
    for (const std::uint64_t amount : numbers_in(op)) {
      can_pass = ask(Mode::reserve, EntryId{1, ++last_id_}, amount).outcome == Outcome::allowed;
    }
    const json expect = step.at("expect");
    EXPECT_EQ(can_pass, expect.at("can_pass").get<bool>());
    if (expect.contains("sum")) {
      EXPECT_EQ(reading().held, Amount{expect.at("sum").get<std::uint64_t>()});
    }
  }

  void expect_exact_window(const json& facts) {
    SCOPED_TRACE(facts.at("name").get<std::string>());
    Limit limit = window_limit("limit", 0, Period::never);
    limit.rule =
        ConcurrencyRule{Amount{facts.at("limit").get<std::uint64_t>()}, std::chrono::seconds{1}};
    slug_ = "window-" + std::to_string(++tenants_);
    tenant_ = served_.create(slug_, {limit});
    for (const json& step : facts.at("steps")) {
      SCOPED_TRACE(step.dump());
      take_exact_window_step(step);
    }
  }

  void expect_case(const json& facts) {
    SCOPED_TRACE(facts.at("name").get<std::string>());
    const bool is_window = is_of_a_window(facts);
    const auto size = facts.at("limit").get<std::uint64_t>();
    Limit limit = window_limit("limit", size, Period::never);
    if (is_window) {
      limit.rule = SlidingRule{Amount{size}, std::chrono::seconds{1}};
    } else {
      limit.rule =
          ConcurrencyRule{Amount{size}, milliseconds{facts.value("resource_timeout_ms", 60'000)}};
    }
    in_flight_.clear();
    slug_ = "in-flight-" + std::to_string(++tenants_);
    tenant_ = served_.create(slug_, {limit});
    for (const json& step : facts.at("steps")) {
      SCOPED_TRACE(step.dump());
      is_window ? take_window_step(step) : take_step(step);
    }
  }
};

TEST_F(ConcurrencyConformance, WhatIsInFlightIsAsSentinelSays) {
  const json own = own_facts("concurrency_sentinel.json");
  for (const json& facts : own.at("cases")) {
    expect_case(facts);
  }
}

TEST_F(ConcurrencyConformance, CasesBesideTheCheckoutAreAnsweredAlike) {
  const auto shared = shared_cases("concurrency_sentinel.json");
  if (!shared) {
    GTEST_SKIP() << "there are none beside this checkout";
  }
  for (const json& facts : shared->at("cases")) {
    if (!facts.at("steps").empty()) {
      is_of_a_window(facts) ? expect_exact_window(facts) : expect_case(facts);
    }
  }
}

TEST_F(ConcurrencyConformance, AThousandTasksOfAHundredThreadsAreNeverMoreThanTheLimit) {
  constexpr int threads = 100;
  constexpr int tasks = 10;
  constexpr int size = 10;
  Limit limit = window_limit("limit", size, Period::never);
  limit.rule = ConcurrencyRule{Amount{size}, std::chrono::minutes{1}};
  slug_ = "race";
  tenant_ = served_.create(slug_, {limit});
  std::atomic<int> in_flight{0};
  std::atomic<int> most{0};
  std::atomic<int> admitted{0};
  const auto work = [&](std::uint64_t thread) {
    for (std::uint64_t task = 1; task <= tasks; ++task) {
      const EntryId id{thread, task};
      if (ask(Mode::reserve, id, 1).outcome != Outcome::allowed) {
        continue;
      }
      ++admitted;
      const int now = ++in_flight;
      for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
      }
      --in_flight;
      EXPECT_EQ(ask(Mode::commit, id, 1).outcome, Outcome::allowed);
    }
  };
  {
    std::vector<std::jthread> workers;
    for (std::uint64_t thread = 1; thread <= threads; ++thread) {
      workers.emplace_back(work, thread);
    }
  }
  EXPECT_LE(most, size);
  EXPECT_GE(admitted, size);
  EXPECT_EQ(reading().held, Amount{});
}

}  // namespace
}  // namespace sluice::test
