// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/definition.hpp"

#include "tests/actors/tenant/desk.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace sluice {
namespace {

/// What is wrong with the usual definition after this edit; empty if nothing.
std::string complaint(const std::function<void(TenantDefinition&)>& edit) {
  TenantDefinition edited = definition({window(100, Period::month), rate(10, 1s, 20)});
  edited.limits[1].name = "rate";
  edit(edited);
  const auto result = validate(edited, default_meters());
  return result.ok() ? "" : result.fault().context;
}
std::string complaint_about_limit(Limit limit) {
  return complaint([&](TenantDefinition& d) { d.limits = {std::move(limit)}; });
}
std::string field(const std::string& complaint) {
  return complaint.substr(0, complaint.find(':'));
}

TEST(DefinitionSpec, TheUsualOneIsFine) {
  EXPECT_EQ(complaint([](TenantDefinition&) {}), "");
}

TEST(DefinitionSpec, TheNilIdIsRefused) {
  EXPECT_EQ(field(complaint([](TenantDefinition& d) { d.id = TenantId{}; })), "id");
}

TEST(DefinitionSpec, ANameHas1To200CharactersHoweverManyBytes) {
  std::string umlauts;
  for (int i = 0; i < 200; ++i) {
    umlauts += "\xC3\xBC";
  }
  EXPECT_EQ(complaint([&](TenantDefinition& d) { d.name = umlauts; }), "");
  EXPECT_EQ(field(complaint([&](TenantDefinition& d) { d.name = umlauts + "x"; })), "name");
  EXPECT_EQ(field(complaint([](TenantDefinition& d) { d.name = ""; })), "name");
}

TEST(DefinitionSpec, ANameThatIsNotUtf8IsRefused) {
  // Stray, cut, overlong, surrogate, beyond Unicode.
  for (const char* bytes : {"\x80", "\xC3", "\xC3(", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80",
                            "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "ok\xFF"}) {
    EXPECT_EQ(complaint([&](TenantDefinition& d) { d.name = bytes; }),
              "name: is not valid UTF-8 (1 to 200 characters)");
  }
  for (const char* bytes :
       {"\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF", "\xF0\x9F\x8C\x8A"}) {
    EXPECT_EQ(complaint([&](TenantDefinition& d) { d.name = bytes; }), "");
  }
}

TEST(DefinitionSpec, ControlCharactersInANameAreRefused) {
  for (const std::string& bytes : {std::string{"a\nb"}, std::string("a\0b", 3), std::string{"\x7F"},
                                   std::string{"\xC2\x85"}}) {
    EXPECT_EQ(field(complaint([&](TenantDefinition& d) { d.name = bytes; })), "name");
  }
}

TEST(DefinitionSpec, ASlugHas3To63LettersDigitsAndHyphens) {
  for (const std::string& slug : {std::string{"a-1"}, std::string(63, 'z')}) {
    EXPECT_EQ(complaint([&](TenantDefinition& d) { d.slug = slug; }), "");
  }
  for (const std::string& slug : {std::string{}, std::string{"ab"}, std::string(64, 'z'),
                                  std::string{"Acme"}, std::string{"a_b"}, std::string{"a b"}}) {
    EXPECT_EQ(field(complaint([&](TenantDefinition& d) { d.slug = slug; })), "slug") << slug;
  }
}

TEST(DefinitionSpec, ATierHas1To32LettersDigitsUnderscoresAndHyphens) {
  for (const std::string& tier : {std::string{"x"}, std::string{"pro-2_x"}, std::string(32, 'z')}) {
    EXPECT_EQ(complaint([&](TenantDefinition& d) { d.tier = tier; }), "");
  }
  for (const std::string& tier : {std::string{}, std::string(33, 'z'), std::string{"Pro"}}) {
    EXPECT_EQ(field(complaint([&](TenantDefinition& d) { d.tier = tier; })), "tier") << tier;
  }
}

TEST(DefinitionSpec, ATimeZoneIsAnIanaNameThatMeansTheSameEverywhere) {
  for (const char* zone : {"UTC", "Europe/Berlin", "US/Eastern"}) {
    EXPECT_EQ(complaint([&](TenantDefinition& d) { d.timezone = zone; }), "") << zone;
  }
  for (const char* zone : {"", "Berlin", "europe/berlin", "localtime", "../../etc/passwd",
                           "posix/Europe/Berlin", "right/UTC", "tzdata.zi", "UTC+1"}) {
    EXPECT_EQ(field(complaint([&](TenantDefinition& d) { d.timezone = zone; })), "timezone")
        << zone;
  }
}

TEST(DefinitionSpec, TheBillingAnchorIsADayOfAMonth) {
  for (const int day : {0, 32, 255}) {
    EXPECT_EQ(field(complaint([&](TenantDefinition& d) {
                d.billing_anchor_day = AnchorDay{static_cast<std::uint8_t>(day)};
              })),
              "billing_anchor_day");
  }
}

TEST(DefinitionSpec, ALimitsNameIsAShortIdentifier) {
  for (const std::string& name : {std::string{"0"}, std::string{"a_b-c"}, std::string(63, 'z')}) {
    EXPECT_EQ(complaint([&](TenantDefinition& d) { d.limits[1].name = name; }), "");
  }
  for (const std::string& name : {std::string{}, std::string{"-a"}, std::string{"_a"},
                                  std::string{"A"}, std::string{"a.b"}, std::string(64, 'z')}) {
    EXPECT_EQ(field(complaint([&](TenantDefinition& d) { d.limits[1].name = name; })),
              "limits[1].name");
  }
}

TEST(DefinitionSpec, TwoLimitsOfOneNameAreRefused) {
  EXPECT_EQ(complaint([](TenantDefinition& d) { d.limits[1].name = d.limits[0].name; }),
            "limits[1].name: \"window\" is used twice");
}

TEST(DefinitionSpec, AMeterThatTheServerDoesNotHaveIsRefused) {
  for (const int meter : {0, 11, 65535}) {
    EXPECT_EQ(complaint([&](TenantDefinition& d) {
                d.limits[1].meter = MeterId{static_cast<std::uint16_t>(meter)};
              }),
              "limits[1].meter: there is no meter " + std::to_string(meter));
  }
}

TEST(DefinitionSpec, MoreThan64LimitsAreRefused) {
  const auto with_limits = [](std::size_t count) {
    return complaint([=](TenantDefinition& d) {
      d.limits.assign(count, window(1, Period::day));
      for (std::size_t i = 0; i < count; ++i) {
        d.limits[i].name = "l" + std::to_string(i);
      }
    });
  };
  EXPECT_EQ(with_limits(64), "");
  EXPECT_EQ(field(with_limits(65)), "limits");
}

TEST(DefinitionSpec, ARateNeedsAnAmountABurstAndAPeriodFrom1MillisecondTo366Days) {
  EXPECT_EQ(complaint_about_limit(rate(1, 1ms, 1)), "");
  EXPECT_EQ(complaint_about_limit(rate(1, 366 * 24h, 1)), "");
  EXPECT_EQ(field(complaint_about_limit(rate(0, 1s, 1))), "limits[0].rule.amount");
  EXPECT_EQ(field(complaint_about_limit(rate(1, 1s, 0))), "limits[0].rule.burst");
  for (const Duration per : {Duration{-1s}, Duration{0}, Duration{1ms} - 1ns,
                             Duration{366 * 24h} + 1ns, Duration::max(), Duration::min()}) {
    EXPECT_EQ(field(complaint_about_limit(rate(1, per, 1))), "limits[0].rule.per");
  }
}

TEST(DefinitionSpec, ABurstThatWouldTakeLongerThan100YearsToFillIsRefused) {
  EXPECT_EQ(complaint_about_limit(rate(1, 366 * 24h, 100)), "");
  EXPECT_EQ(field(complaint_about_limit(rate(1, 366 * 24h, 101))), "limits[0].rule.burst");
  EXPECT_EQ(complaint_about_limit(rate(Amount::max_raw, 366 * 24h, Amount::max_raw)), "");
  EXPECT_EQ(field(complaint_about_limit(rate(1, 1s, Amount::max_raw))), "limits[0].rule.burst");
}

TEST(DefinitionSpec, ASoftLimitNeedsAWindowOfASizeAtLeastAsLarge) {
  EXPECT_EQ(complaint_about_limit(with_soft_limit(window(100, Period::day), 100)), "");
  for (const Limit& limit : {window(100, Period::day), unlimited(Period::day), rate(1, 1s, 200)}) {
    EXPECT_EQ(field(complaint_about_limit(with_soft_limit(limit, 101))), "limits[0].soft_limit");
  }
}

TEST(DefinitionSpec, ASpanLastsFromAMillisecondToAYear) {
  EXPECT_EQ(complaint_about_limit(sliding(0, 1ms)), "");
  EXPECT_EQ(complaint_about_limit(sliding(Amount::max_raw, 24h * 366)), "");
  for (const Duration span : {Duration{}, Duration{-1}, Duration{1ms} - 1ns, 24h * 366 + 1ns}) {
    EXPECT_EQ(field(complaint_about_limit(sliding(10, span))), "limits[0].rule.span");
  }
}

TEST(DefinitionSpec, OnlyAWindowWithASizeAndAnEndThrottles) {
  EXPECT_EQ(complaint_about_limit(throttling(window(100, Period::day), 80)), "");
  for (Limit limit :
       {unlimited(Period::day), window(100, Period::never), rate(1, 1s, 200), sliding(100, 1min)}) {
    limit.enforcement = Enforcement::throttle;
    EXPECT_EQ(field(complaint_about_limit(limit)), "limits[0].enforcement");
  }
}

TEST(DefinitionSpec, AThrottleNeedsASoftLimitBelowItsSize) {
  Limit limit = throttling(window(100, Period::day), 99);
  EXPECT_EQ(complaint_about_limit(limit), "");
  limit.soft_limit = Amount{100};
  EXPECT_EQ(field(complaint_about_limit(limit)), "limits[0].soft_limit");
  limit.soft_limit = std::nullopt;
  EXPECT_EQ(field(complaint_about_limit(limit)), "limits[0].soft_limit");
}

TEST(DefinitionSpec, OverageNeedsAPrice) {
  Limit limit = for_overage(window(100, Period::day), 0);
  EXPECT_EQ(complaint_about_limit(limit), "") << "which may be nothing";
  limit.overage = std::nullopt;
  EXPECT_EQ(field(complaint_about_limit(limit)), "limits[0].overage");
}

TEST(DefinitionSpec, OnlyAWindowWithASizeThatDoesNotBlockHasAPrice) {
  for (const Limit& limit : {window(100, Period::day), unlimited(Period::day), sliding(100, 1min),
                             alerting(rate(1, 1s, 1)), alerting(unlimited(Period::day))}) {
    EXPECT_EQ(field(complaint_about_limit(priced(limit, 1))), "limits[0].overage");
  }
  EXPECT_EQ(complaint_about_limit(alerting(priced(window(100, Period::never), 1))), "");
}

TEST(DefinitionSpec, APriceIsAtMost2To63Minus1ForAtLeastOneUnit) {
  EXPECT_EQ(complaint_about_limit(for_overage(window(1, Period::day), Amount::max_raw)), "");
  EXPECT_EQ(field(complaint_about_limit(for_overage(window(1, Period::day), 1ULL << 63U))),
            "limits[0].overage.price_micros");
  Limit limit = for_overage(window(1, Period::day), 1);
  limit.overage->per = Amount{0};
  EXPECT_EQ(field(complaint_about_limit(limit)), "limits[0].overage.per");
}

TEST(DefinitionSpec, ThresholdsAreAtMost8AscendingPercentages) {
  const Limit limit = window(100, Period::day);
  EXPECT_EQ(complaint_about_limit(with_thresholds(limit, {})), "");
  EXPECT_EQ(complaint_about_limit(with_thresholds(limit, {1, 2, 3, 4, 5, 6, 7, 100})), "");
  EXPECT_EQ(field(complaint_about_limit(with_thresholds(limit, {1, 2, 3, 4, 5, 6, 7, 8, 9}))),
            "limits[0].thresholds");
  EXPECT_EQ(field(complaint_about_limit(with_thresholds(limit, {0}))), "limits[0].thresholds[0]");
  EXPECT_EQ(field(complaint_about_limit(with_thresholds(limit, {50, 101}))),
            "limits[0].thresholds[1]");
  EXPECT_EQ(field(complaint_about_limit(with_thresholds(limit, {50, 50}))),
            "limits[0].thresholds[1]");
  EXPECT_EQ(field(complaint_about_limit(with_thresholds(limit, {50, 60, 40}))),
            "limits[0].thresholds[2]");
}

TEST(FoundingSpec, NumbersTheLimitsAndStartsAtVersion1) {
  TenantDefinition draft = definition({window(100, Period::month), rate(10, 1s, 20)});
  draft.limits[1].name = "rate";
  draft.limits[0].id = LimitId{77};
  draft.last_limit_id = LimitId{99};
  draft.version = Version{5};
  const TenantDefinition tenant = found(draft, default_meters(), noon).value();
  EXPECT_EQ(tenant.version, Version{1});
  EXPECT_EQ(tenant.created_at, noon);
  EXPECT_EQ(tenant.updated_at, noon);
  EXPECT_EQ(tenant.limits[0].id, LimitId{1});
  EXPECT_EQ(tenant.limits[1].id, LimitId{2});
  EXPECT_EQ(tenant.last_limit_id, LimitId{2});
}

TEST(FoundingSpec, RefusesWhatIsNotValid) {
  TenantDefinition draft = definition();
  draft.slug = "no";
  const auto result = found(draft, default_meters(), noon);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.fault().code, FaultCode::invalid_argument);
}

}  // namespace
}  // namespace sluice
