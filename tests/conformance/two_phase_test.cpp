// SPDX-License-Identifier: Apache-2.0
// Goal    Spending in two phases, as another system's own tests have it, where the specification
//         agrees with them; and where it does not, as it says.
// Method  A real server on simulated time; each case is a tenant. What the other system refuses and
//         Sluice does is asked of a tenant aside, so that the numbers of both stay the same.
#include <gtest/gtest.h>

#include <string>

#include "tests/conformance/two_phase_account.hpp"

namespace sluice::test {
namespace {

using std::chrono::seconds;

/// Our word for the other system's.
std::string translated(const TwoPhaseStep& step) {
  const std::string& peer = step.peer;
  return peer == "created"                              ? "created"
         : peer == "exists"                             ? "repeated"
         : peer == "denied"                             ? "denied"
         : peer == "expired"                            ? "hold_expired"
         : peer == "not_found" || peer == "not_pending" ? "no_such_hold"
                                                        : "conflict";
}

/// Whether the other system's answer is about time, room or being there, which both see alike, and
/// not about what makes two requests the same one.
bool is_firm(const TwoPhaseStep& step) {
  if (step.op == TwoPhaseOp::linked || step.op == TwoPhaseOp::take_up_to) {
    return false;
  }
  return translated(step) != "conflict";
}

class TwoPhaseConformance : public ::testing::Test {
protected:
  Served served_{{"--simulated-time", "2019-01-01T00:00:00Z"}};
  int tenants_ = 0;

  std::string next_slug() { return "two-phase-" + std::to_string(++tenants_); }

  void expect_numbers(const TwoPhaseStep& step, const TwoPhaseAccount& account) {
    const LimitReading reading = account.reading();
    if (step.used) {
      EXPECT_EQ(reading.used, Amount{*step.used});
    }
    if (step.reserved) {
      EXPECT_EQ(reading.held, Amount{*step.reserved});
    }
  }

  void expect_answer(const TwoPhaseStep& step, const std::string& expected,
                     TwoPhaseAccount& account) {
    const bool done = expected == "created" || expected == "overrun";
    if (done && !step.done_by_peer()) {
      TwoPhaseAccount aside{served_, next_slug(), TwoPhaseCase{}};
      aside.reserve_as(account, step.of);
      EXPECT_EQ(aside.ask(step), expected) << "aside";
      return;
    }
    const Amount before = account.reading().used;
    EXPECT_EQ(account.ask(step), expected);
    const Amount taken = excess(account.reading().used, before);
    if (step.committed) {
      EXPECT_EQ(taken, Amount{*step.committed});
    }
    if (step.taken) {
      EXPECT_EQ(account.granted(), Amount{*step.taken});
      EXPECT_EQ(taken, Amount{*step.taken});
    }
    if (!done) {
      EXPECT_EQ(taken, Amount{}) << "what is not done charges nothing";
    }
  }

  void take_step(const TwoPhaseStep& step, TwoPhaseAccount& account, bool facts_say) {
    const Duration pause =
        step.at_s ? seconds{*step.at_s} - account.elapsed() : Duration{seconds{step.advance_s}};
    account.advance(pause);
    if (step.op == TwoPhaseOp::read) {
      return expect_numbers(step, account);
    }
    for (int i = 0; i < step.times && step.op != TwoPhaseOp::advance; ++i) {
      const std::string expected = account.answer_by_rule(step);
      if (facts_say) {
        EXPECT_EQ(step.sluice.empty(), step.why.empty());
      }
      if (!step.sluice.empty()) {
        EXPECT_EQ(step.sluice, expected) << step.why;
      } else if (is_firm(step) || (facts_say && step.op != TwoPhaseOp::linked)) {
        EXPECT_EQ(translated(step), expected) << "the peer: " << step.peer;
      }
      expect_answer(step, expected, account);
    }
  }

  void expect_case(const TwoPhaseCase& facts, bool facts_say) {
    SCOPED_TRACE(facts.name);
    TwoPhaseAccount account{served_, next_slug(), facts};
    for (std::size_t i = 0; i < facts.steps.size(); ++i) {
      SCOPED_TRACE("step " + std::to_string(i));
      take_step(facts.steps[i], account, facts_say);
    }
  }
};

TEST_F(TwoPhaseConformance, SluiceAnswersAsTigerBeetleDoesOrAsTheFactsSay) {
  const auto cases = own_two_phase_cases();
  ASSERT_FALSE(cases.empty());
  for (const TwoPhaseCase& facts : cases) {
    expect_case(facts, true);
  }
}

TEST_F(TwoPhaseConformance, CasesBesideTheCheckoutFollowTheSameRules) {
  const auto cases = shared_two_phase_cases();
  if (cases.empty()) {
    GTEST_SKIP() << "there are none beside this checkout";
  }
  for (const TwoPhaseCase& facts : cases) {
    expect_case(facts, false);
  }
}

}  // namespace
}  // namespace sluice::test
