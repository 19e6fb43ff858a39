// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/overage_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <string_view>

namespace sluice::ctl {
namespace {

using testing::HasSubstr;

std::string refusal(std::string_view text) {
  const auto terms = parse_overage_price(text, AmountUnit::bytes);
  return terms.ok() ? "" : terms.fault().context;
}

TEST(OveragePriceSpec, ReadsMillionthsForAnAmountOfTheMeter) {
  EXPECT_EQ(parse_overage_price("150000/1GB", AmountUnit::bytes).value(),
            (OverageTerms{150'000, Amount{1'000'000'000}, std::nullopt}));
  EXPECT_EQ(parse_overage_price("2M/1h", AmountUnit::seconds).value(),
            (OverageTerms{2'000'000, Amount{3'600}, std::nullopt}));
  EXPECT_EQ(parse_overage_price("0/1", AmountUnit::count).value(),
            (OverageTerms{0, Amount{1}, std::nullopt}));
}

TEST(OveragePriceSpec, RefusesAnythingElseAndShowsHowToWriteIt) {
  EXPECT_THAT(refusal("150000"), HasSubstr("write for example 150000/1k"));
  EXPECT_THAT(refusal("0.15/1GB"), HasSubstr("'0.15'"));
  EXPECT_THAT(refusal("1GB/1GB"), HasSubstr("unknown unit 'GB'"));
  EXPECT_THAT(refusal("1/1h"), HasSubstr("unknown unit 'h'"));
  EXPECT_THAT(refusal("1/1GB/1GB"), HasSubstr("is not an amount"));
  EXPECT_THAT(refusal("-1/1GB"), HasSubstr("is not an amount"));
}

TEST(PriceSpec, IsWrittenExactly) {
  EXPECT_EQ(format_price(0), "0");
  EXPECT_EQ(format_price(1), "0.000001");
  EXPECT_EQ(format_price(150'000), "0.15");
  EXPECT_EQ(format_price(12'000'000), "12");
  EXPECT_EQ(format_price(1'234'567), "1.234567");
  EXPECT_EQ(format_price(std::numeric_limits<std::int64_t>::max()), "9223372036854.775807");
}

TEST(OverageSpec, IsWrittenWithItsCapIfItHasOne) {
  OverageTerms terms{150'000, Amount{1'000'000'000}, std::nullopt};
  EXPECT_EQ(format_overage(terms, AmountUnit::bytes), "0.15 / 1GB");
  terms.cap = Amount{5'000'000'000'000};
  EXPECT_EQ(format_overage(terms, AmountUnit::bytes), "0.15 / 1GB, at most 5TB");
}

}  // namespace
}  // namespace sluice::ctl
