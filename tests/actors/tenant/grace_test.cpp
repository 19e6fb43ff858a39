// SPDX-License-Identifier: Apache-2.0
// What becomes of a tenant that does not pay.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "actors/tenant/alert.hpp"
#include "actors/tenant/lifecycle.hpp"
#include "actors/tenant/standing.hpp"
#include "tests/actors/tenant/desk.hpp"

namespace sluice {
namespace {

using std::chrono::hours;

Lifecycle lived(const Lifecycle& life, const LifeEvent& event, WallTime now = noon) {
  return after(life, event, now).value();
}
Lifecycle unpaid(const Lifecycle& life, const std::string& reference, WallTime now = noon,
                 hours grace = hours{72}) {
  return lived(life, PaymentFailed{reference, grace}, now);
}

TEST(GraceSpec, LetsATenantSpendUntilItIsOverAndNoLonger) {
  const Lifecycle late = unpaid({}, "invoice-7");
  EXPECT_EQ(late.status, TenantStatus::active);
  EXPECT_EQ(suspends_at(late), noon + 72h);
  EXPECT_TRUE(Standing{late}.may_spend(noon + 72h - Duration{1}));
  EXPECT_FALSE(Standing{late}.may_spend(noon + 72h));
  EXPECT_EQ(Standing{late}.refusal(), Outcome::suspended);
  EXPECT_FALSE(after(late, EndGrace{}, noon + 72h - Duration{1}).ok());
  const Lifecycle over = lived(late, EndGrace{}, noon + 80h);
  EXPECT_EQ(over.status, TenantStatus::suspended);
  EXPECT_EQ(over.suspend_reason, "payment_failed");
  EXPECT_EQ(over.suspended_at, noon + 72h) << "however late that was noticed";
  EXPECT_FALSE(due_at(over)) << "it is suspended once";
}

TEST(GraceSpec, BeginsOnceForEachPaymentAndTheFirstThatEndsCounts) {
  const Lifecycle late = unpaid(unpaid({}, "a"), "b", noon + 1h);
  EXPECT_EQ(unpaid(late, "a", noon + 2h), late);
  EXPECT_EQ(suspends_at(late), noon + 72h);
  const Lifecycle first_paid = lived(late, PaymentCame{"a"}, noon + 2h);
  EXPECT_EQ(suspends_at(first_paid), noon + 73h) << "the other one is still unpaid";
  EXPECT_EQ(lived(first_paid, PaymentCame{"b"}), Lifecycle{}) << "nothing of it is left";
  const Lifecycle shorter = unpaid(unpaid({}, "a"), "b", noon, hours{1});
  EXPECT_EQ(suspends_at(shorter), noon + 1h) << "of a server with another configuration";
}

TEST(GraceSpec, IsNoneUnlessItIsConfigured) {
  EXPECT_EQ(unpaid({}, "a", noon, hours{0}), Lifecycle{});
}

TEST(GraceSpec, IsForWhoSpends) {
  for (const LifeEvent& event : {LifeEvent{Suspend{"odd"}}, LifeEvent{Deactivate{}}}) {
    const Lifecycle life = lived({}, event);
    EXPECT_EQ(unpaid(life, "a"), life);
  }
}

TEST(GraceSpec, OfATrialEndsItIfItEndsFirst) {
  const Lifecycle trial = begin_life(TrialDays{7}, noon);
  const Lifecycle late = unpaid(trial, "a");
  EXPECT_EQ(due(late, noon + 72h), Due::grace_end);
  EXPECT_EQ(lived(late, EndGrace{}, noon + 72h).suspend_reason, "payment_failed");
  const Lifecycle later = unpaid(trial, "a", noon, hours{24 * 30});
  EXPECT_EQ(due(later, noon + hours{24 * 7}), Due::trial_end);
  EXPECT_FALSE(after(later, EndGrace{}, noon + hours{24 * 7}).ok());
  EXPECT_EQ(lived(later, EndTrial{}, noon + hours{24 * 40}).suspend_reason, trial_expired);
}

TEST(GraceSpec, ThatIsOverIsOverWhateverComesThen) {
  const Lifecycle late = unpaid({}, "a");
  const Lifecycle paid = lived(late, PaymentCame{"a"}, noon + 72h);
  EXPECT_EQ(paid.status, TenantStatus::suspended) << "too late: somebody has to reactivate it";
  EXPECT_EQ(paid.suspended_at, noon + 72h);
  EXPECT_TRUE(paid.unpaid.empty());
  EXPECT_FALSE(after(late, Suspend{"odd"}, noon + 72h).ok());
}

TEST(GraceSpec, IsForgottenByWhoReactivates) {
  const Lifecycle over = lived(unpaid({}, "a"), EndGrace{}, noon + 72h);
  EXPECT_EQ(over.unpaid.size(), 1U) << "what it is suspended for can be seen";
  EXPECT_EQ(lived(over, Reactivate{}, noon + 73h), Lifecycle{});
  const Lifecycle again = unpaid(lived(over, Reactivate{}, noon + 73h), "a", noon + 73h);
  EXPECT_EQ(suspends_at(again), noon + 73h + 72h) << "said again, it begins anew";
}

TEST(GraceSpec, IsGivenToSoManyPaymentsAndNoMore) {
  Lifecycle late;
  for (std::size_t i = 0; i < unpaid_payments_max; ++i) {
    late = unpaid(late, std::to_string(i));
  }
  EXPECT_EQ(late.unpaid.size(), unpaid_payments_max);
  EXPECT_EQ(unpaid(late, "one more"), late);
}

TEST(GraceSpec, EndsInTheYear2262IfNotBefore) {
  EXPECT_EQ(suspends_at(unpaid({}, "a", WallTime::max() - Duration{1})), WallTime::max());
}

TEST(GraceText, IsReadAsItWasWritten) {
  const UnpaidPayments some{{"invoice 7", noon}, {"Überweisung", noon}, {"x", wall_time_never}};
  EXPECT_EQ(parse_unpaid(unpaid_text(some)), some);
  EXPECT_EQ(unpaid_text({}), "");
  EXPECT_EQ(parse_unpaid(""), UnpaidPayments{});
}

TEST(GraceText, IsNotReadIfNobodyOfUsWroteIt) {
  std::string many;
  for (std::size_t i = 0; i <= unpaid_payments_max; ++i) {
    many.append("1 x\n");
  }
  for (const std::string& text : {std::string{"x"}, std::string{"1 x"}, std::string{"1x\n"},
                                  std::string{"1 \n"}, std::string{"2 x\n1 y\n"}, many}) {
    EXPECT_EQ(parse_unpaid(text), std::nullopt) << text;
  }
}

TEST(GraceAlert, TellsWhenTheTenantIsSuspendedAndIsOneForEachGrace) {
  const PaymentReport failed{TenantId{1, 1}, true, "a"};
  const Lifecycle late = unpaid({}, "a");
  const Alert first = alert_of_payment(failed, noon, {}, late);
  EXPECT_EQ(first.data, R"({"reference":"a","suspends_at_ns":)" +
                            std::to_string((noon + 72h).time_since_epoch().count()) + "}");
  EXPECT_EQ(alert_of_payment(failed, noon + 1h, late, late).id, first.id);
  const Lifecycle again = unpaid({}, "a", noon + 100h);
  EXPECT_NE(alert_of_payment(failed, noon + 100h, {}, again).id, first.id);
  const PaymentReport came{TenantId{1, 1}, false, "a"};
  const Alert recovered = alert_of_payment(came, noon, late, {});
  EXPECT_EQ(recovered.kind, AlertKind::payment_recovered);
  EXPECT_EQ(recovered.data, R"({"reference":"a"})");
  EXPECT_EQ(alert_of_payment(failed, noon, {}, {}).data, R"({"reference":"a"})");
}

}  // namespace
}  // namespace sluice
