// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/table.hpp"

#include <gtest/gtest.h>

#include <string>

#include "actors/tenant/amount.hpp"

namespace sluice::ctl {
namespace {

constexpr Style plain{};
constexpr Style coloured{.colour = true};

Table fruits() {
  return Table{{{"FRUIT"}, {"COUNT", Align::right}, {"NOTE"}}};
}

TEST(WidthSpec, CountsColumnsAndNotBytes) {
  EXPECT_EQ(width_of("abc"), 3U);
  EXPECT_EQ(width_of("Zürich"), 6U);
  EXPECT_EQ(width_of("日本"), 4U);
  EXPECT_EQ(width_of("e\u0301"), 1U);
  EXPECT_EQ(width_of("🚀"), 2U);
}

TEST(WidthSpec, CountsABrokenByteAsOneColumn) {
  EXPECT_EQ(width_of("a\xff"
                     "b"),
            3U);
  EXPECT_EQ(width_of("\xe6\x97"), 2U);
}

TEST(WidthSpec, CutsWhatDoesNotFitAndSaysSo) {
  EXPECT_EQ(fit("abcdef", 6), "abcdef");
  EXPECT_EQ(fit("abcdefg", 6), "abcde…");
  EXPECT_EQ(fit("日本語", 5), "日本…");
  EXPECT_EQ(fit("日本語", 4), "日…");
  EXPECT_EQ(fit("abc", 0), "");
}

TEST(WidthSpec, KeepsForeignTextFromDrivingTheTerminal) {
  EXPECT_EQ(fit("a\033[2Jb\n", 20), "a?[2Jb?");
  EXPECT_EQ(fit("abc\u202edef", 20), "abc?def");
  EXPECT_EQ(fit("a\xff", 20), "a\uFFFD");
}

TEST(TableSpec, LinesUpColumnsAndEndsLinesWithoutSpaces) {
  Table table = fruits();
  table.add({{"apple"}, {"7"}, {"red"}});
  table.add({{"日本梨"}, {"1.5k"}, {""}});
  EXPECT_EQ(table.print(plain),
            "FRUIT   COUNT  NOTE\n"
            "apple       7  red\n"
            "日本梨   1.5k\n");
}

TEST(TableSpec, SaysNothingWithoutRows) {
  EXPECT_EQ(fruits().print(plain), "");
}

TEST(TableSpec, ColoursOnlyOnATerminalAndKeepsTheLayout) {
  Table table = fruits();
  table.add({{"fig", Tint::bad}, {"1"}, {"x"}});
  EXPECT_EQ(table.print(plain), "FRUIT  COUNT  NOTE\nfig        1  x\n");
  EXPECT_EQ(table.print(coloured),
            "\033[1mFRUIT\033[0m  \033[1mCOUNT\033[0m  \033[1mNOTE\033[0m\n"
            "\033[31mfig\033[0m        1  x\n");
}

TEST(TableSpec, CutsAVeryLongCell) {
  Table table = fruits();
  table.add({{std::string(500, 'a')}, {"1"}, {""}});
  EXPECT_LT(width_of(table.print(plain)), 3 * Table::cell_columns_max);
}

TEST(CardSpec, LinesUpNamesAndValues) {
  Card card;
  card.add("slug", "acme");
  card.add("time zone", "UTC");
  EXPECT_EQ(card.print(plain), "slug       acme\ntime zone  UTC\n");
}

TEST(BarSpec, FillsByEighthsAndIsFullOnlyWhenTheLimitIs) {
  EXPECT_EQ(bar(0, 100, 4), "    ");
  EXPECT_EQ(bar(50, 100, 4), "██  ");
  EXPECT_EQ(bar(99, 100, 4), "███▉");
  EXPECT_EQ(bar(100, 100, 4), "████");
  EXPECT_EQ(bar(250, 100, 4), "████");
  EXPECT_EQ(bar(1, 32, 4), "▏   ");
}

TEST(BarSpec, CopesWithTheSmallestAndTheLargestSizes) {
  EXPECT_EQ(bar(0, 0, 2), "██");
  EXPECT_EQ(bar(Amount::max_raw - 1, Amount::max_raw, 2), "█▉");
  EXPECT_EQ(share(Amount::max_raw - 1, Amount::max_raw), "99%");
}

TEST(BarSpec, SaysAHundredPercentOnlyWhenItIs) {
  EXPECT_EQ(share(999, 1000), "99%");
  EXPECT_EQ(share(1000, 1000), "100%");
  EXPECT_EQ(share(1500, 1000), "150%");
  EXPECT_EQ(share(0, 0), "100%");
}

TEST(BarSpec, TurnsFromGoodToBadAsTheLimitNears) {
  EXPECT_EQ(tint_of_share(79, 100), Tint::good);
  EXPECT_EQ(tint_of_share(80, 100), Tint::warning);
  EXPECT_EQ(tint_of_share(100, 100), Tint::bad);
  EXPECT_EQ(tint_of_share(0, 0), Tint::bad);
}

}  // namespace
}  // namespace sluice::ctl
