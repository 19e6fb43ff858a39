// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/override_wish.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "ops/sluicectl/time_text.hpp"

namespace sluice::ctl {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const WallTime noon = parse_instant("2025-06-10T12:00:00Z").value();

Limit limit_of(Rule rule) {
  Limit limit;
  limit.name = "daily";
  limit.rule = rule;
  return limit;
}

const Limit window = limit_of(WindowRule{Amount{1'000}, Period::day});
const Limit rate = limit_of(RateRule{Amount{50}, 2s, Amount{100}});
const Limit sliding = limit_of(SlidingRule{Amount{10}, 1min});
const Limit concurrency = limit_of(ConcurrencyRule{Amount{10}, 30s});

OverrideWish wish_of(std::optional<std::string> RuleWish::*field, std::string text) {
  OverrideWish wish;
  wish.*field = std::move(text);
  wish.author = "ann";
  wish.reason = "launch week";
  return wish;
}

OverrideWish sized(std::string size) {
  return wish_of(&RuleWish::size, std::move(size));
}

Override made(const OverrideWish& wish, const Limit& limit) {
  return override_from(wish, limit, AmountUnit::count, noon).value();
}

std::string refusal(const OverrideWish& wish, const Limit& limit) {
  const auto instead = override_from(wish, limit, AmountUnit::count, noon);
  return instead.ok() ? "" : instead.fault().context;
}

TEST(OverrideWishSpec, OfAWindowKeepsItsPeriod) {
  EXPECT_EQ(made(sized("2k"), window).rule, Rule{(WindowRule{Amount{2'000}, Period::day})});
  EXPECT_EQ(made(sized("unlimited"), window).rule, Rule{(WindowRule{std::nullopt, Period::day})});
}

TEST(OverrideWishSpec, OfARateKeepsItsDurationUnlessOneIsGiven) {
  OverrideWish wish = wish_of(&RuleWish::rate, "80");
  EXPECT_EQ(made(wish, rate).rule, Rule{(RateRule{Amount{80}, 2s, Amount{80}})});
  wish.per = "1s";
  wish.burst = "160";
  EXPECT_EQ(made(wish, rate).rule, Rule{(RateRule{Amount{80}, 1s, Amount{160}})});
}

TEST(OverrideWishSpec, OfARateIsRefilledAsTheLimitUnlessItIsSaid) {
  const Limit stepped = limit_of(RateRule{Amount{50}, 1min, Amount{50}, Refill::interval});
  OverrideWish wish = wish_of(&RuleWish::rate, "80");
  EXPECT_EQ(made(wish, stepped).rule,
            Rule{(RateRule{Amount{80}, 1min, Amount{80}, Refill::interval})});
  wish.refill = "greedy";
  EXPECT_EQ(made(wish, stepped).rule, Rule{(RateRule{Amount{80}, 1min, Amount{80}})});
}

TEST(OverrideWishSpec, OfTheOtherKindsSaysAll) {
  EXPECT_EQ(made(wish_of(&RuleWish::sliding, "20/1m"), sliding).rule,
            Rule{(SlidingRule{Amount{20}, 1min})});
  EXPECT_EQ(made(wish_of(&RuleWish::concurrency, "20/1m"), concurrency).rule,
            Rule{(ConcurrencyRule{Amount{20}, 1min})});
}

TEST(OverrideWishSpec, HasASoftLimitOnlyIfOneIsGiven) {
  OverrideWish wish = sized("2k");
  EXPECT_EQ(made(wish, window).soft_limit, std::nullopt);
  wish.soft = "80%";
  EXPECT_EQ(made(wish, window).soft_limit, Amount{1'600}) << "of the size that holds instead";
}

TEST(OverrideWishSpec, SaysWhoAndWhy) {
  const Override instead = made(sized("2k"), window);
  EXPECT_EQ(instead.author, "ann");
  EXPECT_EQ(instead.reason, "launch week");
}

TEST(OverrideWishSpec, EndsAfterADurationAtAnInstantOrNever) {
  OverrideWish wish = sized("2k");
  EXPECT_EQ(made(wish, window).expires_at, wall_time_never);
  wish.lasts_for = "7d";
  EXPECT_EQ(made(wish, window).expires_at, noon + 24h * 7);
  wish.lasts_for.reset();
  wish.until = "2025-07-01";
  EXPECT_EQ(made(wish, window).expires_at, parse_instant("2025-07-01T00:00:00Z").value());
}

TEST(OverrideWishSpec, NamesTheOptionOfATimeThatIsWrong) {
  OverrideWish wish = sized("2k");
  wish.lasts_for = "soon";
  EXPECT_THAT(refusal(wish, window), StartsWith("--for: 'soon'"));
  wish.lasts_for = "290y";
  EXPECT_THAT(refusal(wish, window), StartsWith("--for: "));
  wish.lasts_for = "100000d";
  EXPECT_THAT(refusal(wish, window), StartsWith("--for: is beyond the year 2262"));
  wish.until = "2025-07-01";
  EXPECT_THAT(refusal(wish, window), AllOf(StartsWith("--for: "), HasSubstr("--until")));
  wish.lasts_for.reset();
  wish.until = "tomorrow";
  EXPECT_THAT(refusal(wish, window), StartsWith("--until: 'tomorrow'"));
  wish.until = "2025-06-10T12:00:00Z";
  EXPECT_THAT(refusal(wish, window),
              AllOf(StartsWith("--until: "), HasSubstr("stands at 2025-06-10T12:00:00Z")));
}

TEST(OverrideWishSpec, NamesTheOptionThatIsMissing) {
  OverrideWish nothing;
  EXPECT_THAT(refusal(nothing, window), StartsWith("--size: "));
  EXPECT_THAT(refusal(nothing, rate), StartsWith("--rate: "));
  EXPECT_THAT(refusal(nothing, sliding), StartsWith("--sliding: "));
  EXPECT_THAT(refusal(nothing, concurrency), StartsWith("--concurrency: "));
  EXPECT_THAT(refusal(wish_of(&RuleWish::burst, "1"), rate), StartsWith("--rate: "));
  EXPECT_THAT(refusal(wish_of(&RuleWish::refill, "interval"), rate), StartsWith("--rate: "));
  OverrideWish wish = sized("2k");
  wish.author.clear();
  EXPECT_THAT(refusal(wish, window), StartsWith("--author: "));
  wish.author = "ann";
  wish.reason.clear();
  EXPECT_THAT(refusal(wish, window), StartsWith("--reason: "));
}

TEST(OverrideWishSpec, RefusesARuleOfAnotherKindAndSaysWhichOneFits) {
  EXPECT_THAT(refusal(wish_of(&RuleWish::rate, "1"), window),
              AllOf(StartsWith("--rate: 'daily' is of another kind"), HasSubstr("--size")));
  EXPECT_THAT(refusal(sized("1"), rate), AllOf(StartsWith("--size: "), HasSubstr("--rate")));
  EXPECT_THAT(refusal(sized("1"), concurrency), HasSubstr("give --concurrency"));
  EXPECT_THAT(refusal(wish_of(&RuleWish::sliding, "1/1s"), concurrency),
              HasSubstr("give --concurrency"));
  EXPECT_THAT(refusal(wish_of(&RuleWish::concurrency, "1/1s"), sliding),
              HasSubstr("give --sliding"));
}

TEST(OverrideWishSpec, NamesTheOptionOfASizeThatIsWrong) {
  EXPECT_THAT(refusal(sized("lots"), window), StartsWith("--size: 'lots'"));
  EXPECT_THAT(refusal(wish_of(&RuleWish::concurrency, "5"), concurrency),
              StartsWith("--concurrency: "));
  OverrideWish wish = sized("unlimited");
  wish.soft = "80%";
  EXPECT_THAT(refusal(wish, window), StartsWith("--soft: "));
}

}  // namespace
}  // namespace sluice::ctl
