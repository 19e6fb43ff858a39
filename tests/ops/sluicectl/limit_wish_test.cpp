// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/limit_wish.hpp"
#include "actors/tenant/limit_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace sluice::ctl {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const Meter requests{MeterId{1}, "api_requests", "request"};
const Meter storage{MeterId{3}, "storage_bytes", "byte"};

LimitWish window(std::string size, std::string period) {
  LimitWish wish;
  wish.name = "monthly";
  wish.meter = requests.name;
  wish.size = std::move(size);
  wish.period = std::move(period);
  return wish;
}

LimitWish rate(std::string amount, std::string per) {
  LimitWish wish;
  wish.name = "pace";
  wish.meter = requests.name;
  wish.rate = std::move(amount);
  wish.per = std::move(per);
  return wish;
}

LimitWish sliding(std::string size_and_span) {
  LimitWish wish;
  wish.name = "smooth";
  wish.meter = requests.name;
  wish.sliding = std::move(size_and_span);
  return wish;
}

LimitWish concurrency(std::string size_and_ttl) {
  LimitWish wish;
  wish.name = "calls";
  wish.meter = requests.name;
  wish.concurrency = std::move(size_and_ttl);
  return wish;
}

std::string refusal(const LimitWish& wish, const Meter& meter = requests) {
  const auto limit = limit_from(wish, meter);
  return limit.ok() ? "" : limit.fault().context;
}

std::string refusal(std::string_view text) {
  const auto wish = parse_limit_wish(text);
  return wish.ok() ? "" : wish.fault().context;
}

TEST(LimitWishSpec, MakesAWindowOfSizeAndPeriod) {
  const Limit limit = limit_from(window("10k", "month"), requests).value();
  EXPECT_EQ(limit.name, "monthly");
  EXPECT_EQ(limit.meter, requests.id);
  EXPECT_EQ(limit.rule, Rule{(WindowRule{Amount{10'000}, Period::month})});
  EXPECT_EQ(limit.enforcement, Enforcement::block);
}

TEST(LimitWishSpec, ReadsTheSizeInTheUnitOfTheMeter) {
  const Limit limit = limit_from(window("1GiB", "never"), storage).value();
  EXPECT_EQ(limit.rule, Rule{(WindowRule{Amount{1U << 30U}, Period::never})});
}

TEST(LimitWishSpec, KeepsUnlimitedApartFromEveryNumber) {
  const Limit limit = limit_from(window("unlimited", "day"), requests).value();
  EXPECT_EQ(limit.rule, Rule{(WindowRule{std::nullopt, Period::day})});
  EXPECT_THAT(limit.thresholds, IsEmpty());
}

TEST(LimitWishSpec, MakesARateWhoseBurstIsItsAmountUnlessGiven) {
  EXPECT_EQ(limit_from(rate("50", "1s"), requests).value().rule,
            Rule{(RateRule{Amount{50}, 1s, Amount{50}})});
  LimitWish wish = rate("50", "1s");
  wish.burst = "1k";
  EXPECT_EQ(limit_from(wish, requests).value().rule,
            Rule{(RateRule{Amount{50}, 1s, Amount{1'000}})});
}

TEST(LimitWishSpec, MakesARateThatIsRefilledAsItIsSaid) {
  LimitWish wish = rate("50", "1m");
  wish.refill = "interval";
  EXPECT_EQ(limit_from(wish, requests).value().rule,
            Rule{(RateRule{Amount{50}, 1min, Amount{50}, Refill::interval})});
  wish.refill = "greedy";
  EXPECT_EQ(limit_from(wish, requests).value().rule,
            Rule{(RateRule{Amount{50}, 1min, Amount{50}})});
  wish.refill = "lazily";
  EXPECT_THAT(refusal(wish), StartsWith("--refill: 'lazily' is not greedy or interval"));
}

TEST(LimitWishSpec, MakesASlidingWindowOfAmountAndDuration) {
  const Limit limit = limit_from(sliding("1k/1m30s"), requests).value();
  EXPECT_EQ(limit.rule, Rule{(SlidingRule{Amount{1'000}, 90s})});
  EXPECT_THAT(limit.thresholds, Not(IsEmpty()));
  LimitWish wish = sliding("1GiB/1h");
  wish.soft = "50%";
  EXPECT_EQ(limit_from(wish, storage).value().soft_limit, Amount{1U << 29U});
}

TEST(LimitWishSpec, MakesALimitOnWhatIsInFlightOfSizeAndTimeToLive) {
  LimitWish wish = concurrency("10/30s");
  wish.soft = "80%";
  const Limit limit = limit_from(wish, requests).value();
  EXPECT_EQ(limit.rule, Rule{(ConcurrencyRule{Amount{10}, 30s})});
  EXPECT_EQ(limit.soft_limit, Amount{8});
  EXPECT_THAT(limit.thresholds, Not(IsEmpty()));
}

TEST(LimitWishSpec, CountsByLabelsInTheirOrder) {
  LimitWish wish = window("10", "day");
  EXPECT_THAT(limit_from(wish, requests).value().per, IsEmpty());
  wish.by = "user,team";
  EXPECT_THAT(limit_from(wish, requests).value().per, ElementsAre("user", "team"));
}

TEST(LimitWishSpec, AppliesWhenAllConditionsHold) {
  LimitWish wish = window("10", "day");
  wish.when = {"model=a|b", "team!=x"};
  EXPECT_THAT(limit_from(wish, requests).value().when,
              ElementsAre(Condition{"model", false, {"a", "b"}}, Condition{"team", true, {"x"}}));
}

TEST(LimitWishSpec, ReleasesOnExpiryOnlyWhenAsked) {
  LimitWish wish = window("10", "day");
  EXPECT_FALSE(limit_from(wish, requests).value().releases_on_expiry);
  wish.release_on_expiry = true;
  EXPECT_TRUE(limit_from(wish, requests).value().releases_on_expiry);
}

TEST(LimitWishSpec, KnowsEveryEnforcement) {
  LimitWish wish = window("10", "day");
  for (const auto& [name, enforcement] : {std::pair{"block", Enforcement::block},
                                          {"alert", Enforcement::alert},
                                          {"throttle", Enforcement::throttle},
                                          {"overage", Enforcement::overage}}) {
    wish.enforcement = name;
    EXPECT_EQ(limit_from(wish, requests).value().enforcement, enforcement);
    EXPECT_EQ(name_of(enforcement), name);
  }
  wish.enforcement = "beg";
  EXPECT_EQ(refusal(wish), "--enforcement: 'beg' is not block, alert, throttle or overage");
}

TEST(LimitWishSpec, MakesAShadowOnlyWhenAsked) {
  LimitWish wish = window("10", "day");
  EXPECT_FALSE(limit_from(wish, requests).value().shadow);
  wish.shadow = true;
  EXPECT_TRUE(limit_from(wish, requests).value().shadow);
}

TEST(LimitWishSpec, ReadsPriceAndCapInTheUnitOfTheMeter) {
  LimitWish wish = window("1TB", "month");
  EXPECT_EQ(limit_from(wish, storage).value().overage, std::nullopt);
  wish.overage_price = "150000/1GB";
  EXPECT_EQ(limit_from(wish, storage).value().overage,
            (OverageTerms{150'000, Amount{1'000'000'000}, std::nullopt}));
  wish.overage_cap = "5TB";
  EXPECT_EQ(limit_from(wish, storage).value().overage,
            (OverageTerms{150'000, Amount{1'000'000'000}, Amount{5'000'000'000'000}}));
}

TEST(LimitWishSpec, TakesASoftLimitAsAnAmountOrAShareOfTheSize) {
  LimitWish wish = window("1001", "month");
  wish.soft = "500";
  EXPECT_EQ(limit_from(wish, requests).value().soft_limit, Amount{500});
  wish.soft = "80%";
  EXPECT_EQ(limit_from(wish, requests).value().soft_limit, Amount{800});
  wish.size = std::to_string(Amount::max_raw);
  wish.soft = "100%";
  EXPECT_EQ(limit_from(wish, requests).value().soft_limit, Amount::max());
}

TEST(LimitWishSpec, TakesThresholdsOrNone) {
  LimitWish wish = window("10", "month");
  wish.thresholds = "50,100";
  EXPECT_THAT(limit_from(wish, requests).value().thresholds,
              ElementsAre(Percent{50}, Percent{100}));
  wish.thresholds = "none";
  EXPECT_THAT(limit_from(wish, requests).value().thresholds, IsEmpty());
  wish = concurrency("10/1m");
  wish.thresholds = "80";
  EXPECT_THAT(limit_from(wish, requests).value().thresholds, ElementsAre(Percent{80}));
  wish = rate("10", "1m");
  wish.thresholds = "80";
  EXPECT_EQ(refusal(wish), "--thresholds: a rate has none");
}

TEST(LimitWishSpec, NamesTheOptionThatIsWrong) {
  EXPECT_THAT(refusal(window("lots", "month")), StartsWith("--size: 'lots'"));
  EXPECT_THAT(refusal(window("10", "fortnight")), StartsWith("--period: 'fortnight'"));
  EXPECT_THAT(refusal(rate("x", "1s")), StartsWith("--rate: "));
  EXPECT_THAT(refusal(rate("1", "soon")), StartsWith("--per: "));
  LimitWish wish = rate("1", "1s");
  wish.burst = "-5";
  EXPECT_THAT(refusal(wish), StartsWith("--burst: "));
  wish = window("10", "day");
  wish.thresholds = "50,,80";
  EXPECT_THAT(refusal(wish), StartsWith("--thresholds: "));
  wish.thresholds = "101";
  EXPECT_THAT(refusal(wish), StartsWith("--thresholds: "));
  for (const std::string_view text : {"10", "/1m", "10/", "10/soon", "lots/1m", "10/1m/1m"}) {
    EXPECT_THAT(refusal(sliding(std::string{text})), StartsWith("--sliding: ")) << text;
    EXPECT_THAT(refusal(concurrency(std::string{text})), StartsWith("--concurrency: ")) << text;
  }
}

TEST(LimitWishSpec, NamesTheOptionOfLabelsThatAreWrong) {
  LimitWish wish = window("10", "day");
  wish.by = "user,User";
  EXPECT_THAT(refusal(wish), StartsWith("--by: 'User'"));
  wish.by = "user,user";
  EXPECT_THAT(refusal(wish), StartsWith("--by: 'user' is there twice"));
  wish.by.reset();
  wish.when = {"model=a", "team"};
  EXPECT_THAT(refusal(wish), StartsWith("--when: 'team'"));
}

TEST(LimitWishSpec, NamesTheOptionOfAPriceThatIsWrong) {
  for (const std::string_view text : {"150000", "/1k", "150000/", "0.5/1k", "150000/1GB"}) {
    LimitWish wish = window("10", "day");
    wish.overage_price = text;
    EXPECT_THAT(refusal(wish), StartsWith("--overage-price: ")) << text;
  }
  LimitWish wish = window("10", "day");
  wish.overage_cap = "5";
  EXPECT_THAT(refusal(wish), StartsWith("--overage-cap: needs --overage-price"));
  wish.overage_price = "1/1";
  wish.overage_cap = "a few";
  EXPECT_THAT(refusal(wish), StartsWith("--overage-cap: "));
}

TEST(LimitWishSpec, NamesTheOptionThatIsMissing) {
  EXPECT_THAT(refusal(LimitWish{}), StartsWith("--size: "));
  LimitWish wish;
  wish.size = "10";
  EXPECT_THAT(refusal(wish), StartsWith("--period: "));
  wish = LimitWish{};
  wish.rate = "10";
  EXPECT_THAT(refusal(wish), StartsWith("--per: "));
  wish = LimitWish{};
  wish.burst = "10";
  EXPECT_THAT(refusal(wish), StartsWith("--rate: "));
}

TEST(LimitWishSpec, RefusesAWindowThatIsAlsoARate) {
  LimitWish wish = window("10", "day");
  wish.rate = "1";
  wish.per = "1s";
  EXPECT_THAT(refusal(wish), AllOf(StartsWith("--size: "), HasSubstr("not several")));
}

TEST(LimitWishSpec, RefusesASlidingWindowThatIsAlsoSomethingElse) {
  for (const auto& [option, field] : {std::pair{"--size", &LimitWish::size},
                                      {"--period", &LimitWish::period},
                                      {"--rate", &LimitWish::rate},
                                      {"--per", &LimitWish::per},
                                      {"--burst", &LimitWish::burst},
                                      {"--refill", &LimitWish::refill}}) {
    LimitWish wish = sliding("10/1m");
    wish.*field = "1";
    EXPECT_THAT(refusal(wish), AllOf(StartsWith(option), HasSubstr("not several")));
  }
}

TEST(LimitWishSpec, RefusesALimitOnWhatIsInFlightThatIsAlsoSomethingElse) {
  for (const auto& [option, field] : {std::pair{"--size", &LimitWish::size},
                                      {"--period", &LimitWish::period},
                                      {"--rate", &LimitWish::rate},
                                      {"--per", &LimitWish::per},
                                      {"--burst", &LimitWish::burst},
                                      {"--sliding", &LimitWish::sliding}}) {
    LimitWish wish = concurrency("10/1m");
    wish.*field = "1";
    EXPECT_THAT(refusal(wish), AllOf(StartsWith(option), HasSubstr("not several")));
  }
}

TEST(LimitWishSpec, RefusesASoftLimitThatHasNothingToBeAShareOf) {
  LimitWish wish = window("unlimited", "day");
  wish.soft = "80%";
  EXPECT_THAT(refusal(wish), StartsWith("--soft: "));
  wish = rate("1", "1s");
  wish.soft = "80%";
  EXPECT_THAT(refusal(wish), StartsWith("--soft: "));
}

TEST(LimitWishSpec, ReadsTheShortFormOfAWindow) {
  LimitWish expected = window("10k", "month");
  expected.enforcement = "alert";
  expected.soft = "80%";
  expected.thresholds = "80,100";
  EXPECT_EQ(
      parse_limit_wish("monthly=api_requests:10k/month,alert,soft=80%,thresholds=80+100").value(),
      expected);
}

TEST(LimitWishSpec, ReadsTheShortFormOfARate) {
  LimitWish expected = rate("50", "1s");
  expected.burst = "100";
  EXPECT_EQ(parse_limit_wish("pace=api_requests:50/1s,burst=100").value(), expected);
  expected.refill = "interval";
  EXPECT_EQ(parse_limit_wish("pace=api_requests:50/1s,burst=100,refill=interval").value(),
            expected);
}

TEST(LimitWishSpec, ReadsTheShortFormOfASlidingWindow) {
  LimitWish expected = sliding("100/1m");
  expected.shadow = true;
  EXPECT_EQ(parse_limit_wish("smooth=api_requests:100/1m,sliding,shadow").value(), expected);
}

TEST(LimitWishSpec, ReadsTheShortFormOfALimitOnWhatIsInFlight) {
  LimitWish expected = concurrency("10/30s");
  expected.release_on_expiry = true;
  EXPECT_EQ(parse_limit_wish("calls=api_requests:10/30s,concurrent,release-on-expiry").value(),
            expected);
}

TEST(LimitWishSpec, ReadsLabelsInTheShortForm) {
  LimitWish expected = window("1k", "day");
  expected.by = "user,team";
  expected.when = {"model=a|b", "team!=x"};
  EXPECT_EQ(parse_limit_wish("monthly=api_requests:1k/day,by=user+team,when=model=a|b,when=team!=x")
                .value(),
            expected);
}

TEST(LimitWishSpec, ReadsEnforcementAndOverageInTheShortForm) {
  LimitWish expected = window("1k", "day");
  expected.enforcement = "throttle";
  expected.soft = "50%";
  EXPECT_EQ(parse_limit_wish("monthly=api_requests:1k/day,throttle,soft=50%").value(), expected);
  expected = window("1k", "day");
  expected.enforcement = "overage";
  expected.overage_price = "150000/1k";
  expected.overage_cap = "5k";
  EXPECT_EQ(parse_limit_wish("monthly=api_requests:1k/day,overage,price=150000/1k,cap=5k").value(),
            expected);
}

TEST(LimitWishSpec, RefusesAnythingElseAndShowsTheShortForm) {
  for (const std::string_view text :
       {"", "monthly", "monthly=api_requests", "monthly=api_requests:10", "=api_requests:10/month",
        "monthly=:10/month", "monthly=api_requests:/month", "monthly=api_requests:10/",
        "m=api_requests:1/day,loud", "m=api_requests:1/day,alert=yes",
        "m=api_requests:1/day,shadow=yes", "m=api_requests:1/day,sliding",
        "m=api_requests:1/1m,sliding=yes", "m=api_requests:1/day,concurrent",
        "m=api_requests:1/1m,concurrent=yes", "m=api_requests:1/1m,concurrent,sliding",
        "m=api_requests:1/day,release-on-expiry=yes"}) {
    EXPECT_THAT(refusal(text), HasSubstr("write for example monthly=")) << text;
  }
}

}  // namespace
}  // namespace sluice::ctl
