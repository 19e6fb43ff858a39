// SPDX-License-Identifier: Apache-2.0
// What needs no names of meters; the rest is in the tests of the commands.
#include "ops/sluicectl/asked_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Nobody listens there, and nobody is asked.
ServerLink nowhere() {
  return ServerLink{ServerAddress{"127.0.0.1", 1}};
}

AskedCheck settled(Mode mode, Decision decision) {
  AskedCheck check;
  check.tenant_id = TenantId{1, 2};
  check.mode = mode;
  check.id = EntryId{3, 4};
  check.answer.decision = decision;
  return check;
}

Decision outcome(Outcome outcome) {
  Decision decision;
  decision.outcome = outcome;
  return decision;
}

TEST(AskedCheckSpec, NamesTheReservation) {
  ServerLink link = nowhere();
  EXPECT_EQ(view_of(settled(Mode::cancel, outcome(Outcome::no_such_hold)), link, Style{}),
            "outcome      no_such_hold\n"
            "reservation  00000000-0000-0003-0000-000000000004\n");
  EXPECT_THAT(view_of(settled(Mode::normal, outcome(Outcome::conflict)), link, Style{}),
              Not(HasSubstr("reservation")));
}

TEST(AskedCheckSpec, NamesTheLeaseAndHowMuchIsOut) {
  ServerLink link = nowhere();
  Decision decision = outcome(Outcome::allowed);
  decision.granted = Amount{125};
  EXPECT_EQ(view_of(settled(Mode::lease, decision), link, Style{}),
            "outcome  allowed\n"
            "lease    00000000-0000-0003-0000-000000000004\n"
            "out      125\n");
  EXPECT_EQ(document_of(settled(Mode::lease, decision), link)["granted"], 125);
}

TEST(AskedCheckSpec, ALeaseThatIsDeniedSaysToAskInstead) {
  ServerLink link = nowhere();
  const std::string view = view_of(settled(Mode::lease, outcome(Outcome::denied)), link, Style{});
  EXPECT_THAT(view, HasSubstr("instead  ask by check"));
  EXPECT_THAT(view, Not(HasSubstr("never")));
}

TEST(AskedCheckSpec, SaysThatItWasDecidedBeforeOrTookMoreThanWasHeld) {
  ServerLink link = nowhere();
  Decision decision = outcome(Outcome::allowed);
  EXPECT_THAT(view_of(settled(Mode::commit, decision), link, Style{}), Not(HasSubstr("yes")));
  decision.repeated = true;
  decision.overrun = true;
  decision.overage = Amount{7};
  const std::string view = view_of(settled(Mode::commit, decision), link, Style{});
  EXPECT_THAT(view, HasSubstr("repeated     yes: this was decided before\n"));
  EXPECT_THAT(view, HasSubstr("overrun      yes: more was used than was held\n"));
  EXPECT_THAT(view, HasSubstr("overage      7\n")) << "without charges there is no unit";
}

TEST(AskedCheckSpec, TellsProgramsTheIdAndHowItCameAbout) {
  ServerLink link = nowhere();
  Decision decision = outcome(Outcome::allowed);
  decision.repeated = true;
  const Json told = document_of(settled(Mode::commit, decision), link);
  EXPECT_EQ(told["id"], "00000000-0000-0003-0000-000000000004");
  EXPECT_EQ(told["repeated"], true);
  EXPECT_EQ(told["overrun"], false);
  EXPECT_TRUE(told["held"].is_null());
  AskedCheck plain = settled(Mode::normal, decision);
  plain.id = {};
  EXPECT_TRUE(document_of(plain, link)["id"].is_null());
}

TEST(AskedCheckSpec, WhatWasDecidedAndNotAllowedEndsWithThree) {
  EXPECT_EQ(exit_of(Outcome::allowed), ExitCode::ok);
  EXPECT_EQ(exit_of(Outcome::unavailable), ExitCode::no_answer);
  for (const Outcome outcome : {Outcome::denied, Outcome::conflict, Outcome::no_such_hold,
                                Outcome::hold_expired, Outcome::invalid}) {
    EXPECT_EQ(exit_of(outcome), ExitCode::not_allowed);
  }
}

TEST(AskedCheckSpec, ReservationsAreCommandsAndNoModesOfACheck) {
  EXPECT_EQ(mode_names().back(), "release");
  EXPECT_EQ(mode_from("reserve"), std::nullopt);
}

}  // namespace
}  // namespace sluice::ctl
