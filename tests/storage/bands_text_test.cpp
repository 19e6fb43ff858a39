// SPDX-License-Identifier: Apache-2.0
#include "storage/limit_text/bands_text.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace sluice {
namespace {

TEST(BandsText, IsReadAsItWasWritten) {
  const std::vector<PriceBand> bands{{Amount{1000}, 4}, {Amount::max(), 0}, {std::nullopt, 2}};
  EXPECT_EQ(bands_text(bands), "1000:4 9223372036854775807:0 *:2");
  EXPECT_EQ(parse_bands(bands_text(bands)), bands);
  EXPECT_EQ(parse_bands(""), std::vector<PriceBand>{});
}

TEST(BandsText, RefusesWhatNobodyWrote) {
  for (const char* text :
       {"1000", "1000:", ":4", "x:4", "1:-4", "9223372036854775808:1", "1:2  3:4"}) {
    EXPECT_FALSE(parse_bands(text)) << text;
  }
}

}  // namespace
}  // namespace sluice
