// SPDX-License-Identifier: Apache-2.0
// Limits of credit, and grants, as people write them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "ops/sluicectl/credit_statement.hpp"
#include "ops/sluicectl/grant_wish.hpp"
#include "ops/sluicectl/limit_wish.hpp"
#include "ops/sluicectl/override_wish.hpp"
#include "ops/sluicectl/time_text.hpp"

namespace sluice::ctl {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const Meter tokens{MeterId{2}, "llm_tokens", "token"};

LimitWish credit(std::string period) {
  LimitWish wish;
  wish.name = "prepaid";
  wish.meter = tokens.name;
  wish.credit = std::move(period);
  return wish;
}

std::string refusal(const LimitWish& wish) {
  const auto limit = limit_from(wish, tokens);
  return limit.ok() ? "" : limit.fault().context;
}

GrantWish grant(std::string amount) {
  GrantWish wish;
  wish.amount = std::move(amount);
  return wish;
}

GrantTerms made(const GrantWish& wish, AmountUnit unit = AmountUnit::count) {
  return grant_terms_from(wish, unit).value();
}

std::string refusal(const GrantWish& wish) {
  const auto terms = grant_terms_from(wish, AmountUnit::count);
  return terms.ok() ? "" : terms.fault().context;
}

WallTime instant(const char* text) {
  return parse_instant(text).value();
}

TEST(CreditWishSpec, IsALimitWithAPeriodAndNoSize) {
  const Limit limit = limit_from(credit("month"), tokens).value();
  EXPECT_EQ(limit.rule, Rule{CreditRule{Period::month}});
  EXPECT_THAT(limit.thresholds, Not(IsEmpty())) << "of what grants gave";
  EXPECT_EQ(limit_from(credit("never"), tokens).value().rule, Rule{CreditRule{Period::never}});
}

TEST(CreditWishSpec, HasAShortForm) {
  LimitWish expected = credit("month");
  EXPECT_EQ(parse_limit_wish("prepaid=llm_tokens:credit/month").value(), expected);
  expected.enforcement = "overage";
  expected.overage_price = "150000/1k";
  EXPECT_EQ(parse_limit_wish("prepaid=llm_tokens:credit/month,overage,price=150000/1k").value(),
            expected);
  EXPECT_THAT(parse_limit_wish("prepaid=llm_tokens:credit").fault().context,
              HasSubstr("is not a limit"));
}

TEST(CreditWishSpec, NamesTheOptionOfAPeriodThatIsNone) {
  EXPECT_THAT(refusal(credit("fortnight")), StartsWith("--credit: 'fortnight' is not minute"));
  EXPECT_THAT(refusal(parse_limit_wish("prepaid=llm_tokens:credit/1h").value()),
              StartsWith("--credit: '1h'"));
}

TEST(CreditWishSpec, IsNotSomethingElseAsWell) {
  for (const auto& [option, field] : {std::pair{"--size", &LimitWish::size},
                                      {"--period", &LimitWish::period},
                                      {"--rate", &LimitWish::rate},
                                      {"--sliding", &LimitWish::sliding},
                                      {"--concurrency", &LimitWish::concurrency}}) {
    LimitWish wish = credit("month");
    wish.*field = "1";
    EXPECT_THAT(refusal(wish), AllOf(StartsWith(option), HasSubstr("not several")));
  }
}

TEST(CreditWishSpec, HasTheThresholdsThatAreSaid) {
  LimitWish wish = credit("month");
  wish.thresholds = "50";
  EXPECT_THAT(limit_from(wish, tokens).value().thresholds, ElementsAre(Percent{50}));
}

TEST(CreditWishSpec, HasNoSoftLimitOrOverride) {
  LimitWish wish = credit("month");
  wish.soft = "10";
  EXPECT_EQ(refusal(wish), "--soft: credit has none");
  OverrideWish instead;
  instead.size = "10";
  const Limit limit = limit_from(credit("month"), tokens).value();
  EXPECT_EQ(override_from(instead, limit, AmountUnit::count, WallTime{}).fault().context,
            "NAME: 'prepaid' is credit, which has no size; give credit instead");
}

TEST(GrantWishSpec, IsOfAnAmountAtOnceAndForEverUnlessItSaysMore) {
  EXPECT_EQ(made(grant("10k")), GrantTerms{.amount = Amount{10'000}});
  EXPECT_EQ(made(grant("1h"), AmountUnit::seconds).amount, Amount{3'600});
}

TEST(GrantWishSpec, TakesWhatIsSaid) {
  GrantWish wish = grant("10");
  wish.priority = 0;
  wish.effective = "2025-07-01";
  wish.expires = "2025-08-01T12:00:00Z";
  wish.rollover = "1k..2k";
  const GrantTerms terms = made(wish);
  EXPECT_EQ(terms.priority, 0);
  EXPECT_EQ(terms.effective_at, instant("2025-07-01T00:00:00Z"));
  EXPECT_EQ(terms.expires_at, instant("2025-08-01T12:00:00Z"));
  EXPECT_EQ(terms.rollover, (Rollover{Amount{1'000}, Amount{2'000}}));
  EXPECT_EQ(terms.recurrence, std::nullopt);
}

TEST(GrantWishSpec, RecursEverySoManyPeriods) {
  GrantWish wish = grant("10");
  wish.anchor = "2025-07-01";
  const WallTime anchor = instant("2025-07-01T00:00:00Z");
  for (const auto& [text, period, every] : {std::tuple{"month", Period::month, 1},
                                            {"1 month", Period::month, 1},
                                            {"2 weeks", Period::week, 2},
                                            {"90days", Period::day, 90},
                                            {"0 years", Period::year, 0},
                                            {"12 hours", Period::hour, 12}}) {
    wish.every = text;
    EXPECT_EQ(made(wish).recurrence,
              (Recurrence{period, static_cast<std::uint16_t>(every), anchor}))
        << text;
  }
}

TEST(GrantWishSpec, RecursFromWhenItIsEffectiveUnlessItSaysOtherwise) {
  GrantWish wish = grant("10");
  wish.every = "1 month";
  EXPECT_THAT(refusal(wish), AllOf(StartsWith("--anchor: "), HasSubstr("--effective")));
  wish.effective = "2025-07-01";
  EXPECT_EQ(made(wish).recurrence->anchor, instant("2025-07-01T00:00:00Z"));
  wish.anchor = "2025-06-15";
  EXPECT_EQ(made(wish).recurrence->anchor, instant("2025-06-15T00:00:00Z"));
}

TEST(GrantWishSpec, NamesTheOptionThatIsWrong) {
  EXPECT_THAT(refusal(grant("lots")), StartsWith("AMOUNT: 'lots'"));
  for (const auto& [option, field, text] :
       {std::tuple{"--effective: 'soon'", &GrantWish::effective, "soon"},
        {"--expires: 'later'", &GrantWish::expires, "later"},
        {"--anchor: ", &GrantWish::anchor, "2025-07-01"},
        {"--rollover: '5' is not MIN..MAX", &GrantWish::rollover, "5"},
        {"--rollover: 'x'", &GrantWish::rollover, "x..5"},
        {"--rollover: ''", &GrantWish::rollover, "5.."}}) {
    GrantWish wish = grant("10");
    wish.*field = text;
    EXPECT_THAT(refusal(wish), StartsWith(option));
  }
}

TEST(GrantWishSpec, RefusesARecurrenceThatIsNone) {
  for (const char* const text : {"", "1", "minute", "5 minutes", "never", "1  month", "-1 month",
                                 "99999 months", "1.5 day"}) {
    GrantWish wish = grant("10");
    wish.anchor = "2025-07-01";
    wish.every = text;
    EXPECT_THAT(refusal(wish), AllOf(StartsWith("--every: '"), HasSubstr("1 month"))) << text;
  }
}

/// A grant of 10 from the 1st of July until the 1st of August that was given in June.
Grant given() {
  Grant grant;
  grant.terms = {.amount = Amount{10},
                 .effective_at = instant("2025-07-01T00:00:00Z"),
                 .expires_at = instant("2025-08-01T00:00:00Z")};
  grant.given_at = instant("2025-06-10T12:00:00Z");
  grant.balance = Amount{10};
  return grant;
}

TEST(GrantStateSpec, GoesFromPendingToExpired) {
  const Grant grant = given();
  EXPECT_EQ(state_of(grant, instant("2025-06-30T23:59:59Z")), GrantState::pending);
  EXPECT_EQ(state_of(grant, instant("2025-07-01T00:00:00Z")), GrantState::active);
  EXPECT_EQ(state_of(grant, instant("2025-07-31T23:59:59Z")), GrantState::active);
  EXPECT_EQ(state_of(grant, instant("2025-08-01T00:00:00Z")), GrantState::expired);
}

TEST(GrantStateSpec, SaysThatNothingIsLeftOrThatItWasVoided) {
  Grant grant = given();
  grant.balance = Amount{};
  EXPECT_EQ(state_of(grant, instant("2025-07-15T00:00:00Z")), GrantState::used_up);
  grant.voided_at = instant("2025-07-15T00:00:00Z");
  EXPECT_EQ(state_of(grant, instant("2025-07-15T00:00:00Z")), GrantState::voided);
  EXPECT_EQ(state_of(grant, instant("2025-09-01T00:00:00Z")), GrantState::voided);
}

TEST(GrantStateSpec, AGrantOfThePastIsEffectiveSinceItWasGiven) {
  Grant grant = given();
  EXPECT_EQ(effective_since(grant), grant.terms.effective_at);
  grant.terms.effective_at = WallTime{};
  EXPECT_EQ(effective_since(grant), grant.given_at);
}

TEST(GrantStateSpec, BalancesAddUp) {
  LimitUsage usage;
  EXPECT_EQ(balance_of(usage), Amount{});
  usage.grants = {given(), given()};
  EXPECT_EQ(balance_of(usage), Amount{20});
}

}  // namespace
}  // namespace sluice::ctl
