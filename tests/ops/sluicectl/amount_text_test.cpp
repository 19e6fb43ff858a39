// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/amount_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice::ctl {
namespace {

using testing::HasSubstr;

std::uint64_t count(std::string_view text) {
  return parse_amount(text, AmountUnit::count).value().raw();
}

std::uint64_t bytes(std::string_view text) {
  return parse_amount(text, AmountUnit::bytes).value().raw();
}

std::uint64_t seconds(std::string_view text) {
  return parse_amount(text, AmountUnit::seconds).value().raw();
}

std::string refusal(std::string_view text, AmountUnit unit) {
  const auto amount = parse_amount(text, unit);
  return amount.ok() ? "" : amount.fault().context;
}

TEST(AmountSpec, ReadsPowersOfAThousandAndOf1024) {
  EXPECT_EQ(count("0"), 0U);
  EXPECT_EQ(count("10"), 10U);
  EXPECT_EQ(count("10k"), 10'000U);
  EXPECT_EQ(count("1.5M"), 1'500'000U);
  EXPECT_EQ(count("2Gi"), 2U << 30U);
  EXPECT_EQ(count("1_000_000"), 1'000'000U);
}

TEST(AmountSpec, ReadsBytesOnMetersInBytes) {
  EXPECT_EQ(bytes("1GB"), 1'000'000'000U);
  EXPECT_EQ(bytes("1GiB"), 1'073'741'824U);
  EXPECT_EQ(bytes("1G"), 1'000'000'000U);
  EXPECT_EQ(bytes("512B"), 512U);
  EXPECT_THAT(refusal("1GB", AmountUnit::count), HasSubstr("unknown unit 'GB'"));
}

TEST(AmountSpec, ReadsTimeOnMetersInSeconds) {
  EXPECT_EQ(seconds("10h"), 36'000U);
  EXPECT_EQ(seconds("30m"), 1'800U);
  EXPECT_EQ(seconds("1h30m"), 5'400U);
  EXPECT_EQ(seconds("2d"), 172'800U);
  EXPECT_EQ(seconds("10k"), 10'000U);
  EXPECT_THAT(refusal("10h", AmountUnit::count), HasSubstr("unknown unit 'h'"));
}

TEST(AmountSpec, TellsAMinuteFromAMillion) {
  EXPECT_EQ(seconds("1m"), 60U);
  EXPECT_EQ(seconds("1M"), 1'000'000U);
  EXPECT_THAT(refusal("1m", AmountUnit::count), HasSubstr("unknown unit 'm'"));
}

TEST(AmountSpec, TakesTheLargestAmountAndNothingAboveIt) {
  EXPECT_EQ(count("9223372036854775807"), Amount::max_raw);
  EXPECT_THAT(refusal("9223372036854775808", AmountUnit::count), HasSubstr("more than 2^63-1"));
  EXPECT_THAT(refusal("10E", AmountUnit::count), HasSubstr("more than 2^63-1"));
  EXPECT_THAT(refusal("15250284452471w52w", AmountUnit::seconds), HasSubstr("more than 2^63-1"));
}

TEST(AmountSpec, RefusesAFractionOfAUnit) {
  EXPECT_THAT(refusal("1.5", AmountUnit::count), HasSubstr("not a whole number"));
  EXPECT_THAT(refusal("0.0001k", AmountUnit::count), HasSubstr("not a whole number"));
  EXPECT_EQ(count("0.001k"), 1U);
}

TEST(AmountSpec, RefusesWhatIsNoAmountAndShowsHowToWriteOne) {
  for (const std::string_view text :
       {"", "-1", "+1", " 1", "1 ", "k", "1k5", "1..5", "1.", ".5", "_1", "1_", "0x10", "1e3",
        "ten", "10%", "99999999999999999999"}) {
    EXPECT_THAT(refusal(text, AmountUnit::count), HasSubstr("write for example 10, 10k, 1.5M"))
        << text;
  }
}

TEST(AmountSpec, PrintsThreeDigitsAndNeverRoundsUp) {
  const auto print = [](std::uint64_t raw) {
    return format_amount(Amount{raw}, AmountUnit::count);
  };
  EXPECT_EQ(print(0), "0");
  EXPECT_EQ(print(999), "999");
  EXPECT_EQ(print(1'000), "1k");
  EXPECT_EQ(print(1'234'567), "1.23M");
  EXPECT_EQ(print(12'345), "12.3k");
  EXPECT_EQ(print(999'999), "999k");
  EXPECT_EQ(print(1'050), "1.05k");
  EXPECT_EQ(print(1'500'000), "1.5M");
  EXPECT_EQ(print(Amount::max_raw), "9.22E");
}

TEST(AmountSpec, PrintsBytesAndTimeInTheirUnits) {
  EXPECT_EQ(format_amount(Amount{1'000'000'000}, AmountUnit::bytes), "1GB");
  EXPECT_EQ(format_amount(Amount{1'610'612'736}, AmountUnit::bytes), "1.61GB");
  EXPECT_EQ(format_amount(Amount{36'000}, AmountUnit::seconds), "10h");
  EXPECT_EQ(format_amount(Amount{37'859}, AmountUnit::seconds), "10h30m");
  EXPECT_EQ(format_amount(Amount{1'800'000}, AmountUnit::seconds), "500h");
  EXPECT_EQ(format_amount(Amount{90}, AmountUnit::seconds), "1m30s");
  EXPECT_EQ(format_amount(Amount{59}, AmountUnit::seconds), "59s");
}

TEST(AmountSpec, ReadsBackWhatItPrintsUnlessDigitsWereCut) {
  for (const AmountUnit unit : {AmountUnit::count, AmountUnit::bytes, AmountUnit::seconds}) {
    for (const std::uint64_t raw : {0U, 1U, 60U, 1'000U, 3'600U, 36'000U, 100'000U, 1'500'000U}) {
      const std::string text = format_amount(Amount{raw}, unit);
      EXPECT_LE(parse_amount(text, unit).value().raw(), raw) << text;
    }
  }
}

TEST(AmountSpec, FollowsTheUnitOfTheMeter) {
  EXPECT_EQ(amount_unit_of({MeterId{3}, "storage_bytes", "byte"}), AmountUnit::bytes);
  EXPECT_EQ(amount_unit_of({MeterId{5}, "gpu_seconds", "second"}), AmountUnit::seconds);
  EXPECT_EQ(amount_unit_of({MeterId{1}, "api_requests", "request"}), AmountUnit::count);
}

}  // namespace
}  // namespace sluice::ctl
