// SPDX-License-Identifier: Apache-2.0
#include "protocol/text/books_json.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <span>
#include <string>

namespace sluice::text {
namespace {

using std::chrono::hours;

StatementLine a_line(std::string currency, std::uint64_t amount) {
  return {.grant = {1, 2},
          .resource = {ResourceType::model, "m"},
          .period = {WallTime{hours{24}}, WallTime{hours{48}}},
          .uses = 1,
          .units = Amount{5},
          .currency = std::move(currency),
          .amount_micros = amount,
          .owner_micros = amount};
}

TEST(BooksJson, TellsTotalsByCurrencyAndSaysWhereItGoesOn) {
  StatementPage page{.lines = {a_line("USD", 3), a_line("EUR", 5), a_line("USD", 4)}, .more = true};
  page.totals = sum_up(page.lines);
  const auto json = json_of(page);
  ASSERT_EQ(json["totals"].size(), 2U);
  EXPECT_EQ(json["totals"][1]["currency"], "USD");
  EXPECT_EQ(json["totals"][1]["amountMicros"], 7);
  EXPECT_EQ(json["statements"][0]["running"], true);
  EXPECT_EQ(json["statements"][0]["periodStart"], "1970-01-02T00:00:00Z");
  const auto next = parse_statement_cursor(json["next"].get<std::string>());
  ASSERT_TRUE(next.ok());
  EXPECT_EQ(next.value(), (StatementCursor{WallTime{hours{24}}, {1, 2}}));
  page.more = false;
  EXPECT_FALSE(json_of(page).contains("next"));
}

TEST(BooksJson, ReadsBackTheNamesOfPayouts) {
  const PayoutKey key{{}, "USD", 12};
  EXPECT_EQ(to_string(key), "USD/12");
  EXPECT_EQ(parse_payout_key("USD/12").value(), key);
  for (const char* text : {"USD", "USD/", "USD/0", "usd/1", "USD/1x", "/1", ""}) {
    EXPECT_FALSE(parse_payout_key(text).ok()) << text;
  }
  EXPECT_FALSE(parse_statement_cursor("1970-01-02T00:00:00Z").ok());
}

TEST(BooksJson, TellsTopOfOneSideOrTheOther) {
  const SharingStatistics told{
      .top = {{"USD", {1, 2}, {}, {}, {}}, {"USD", {}, {3, 4}, {ResourceType::api, "a"}, {}}}};
  const auto json = json_of(told);
  EXPECT_TRUE(json["top"][0].is_object());
  EXPECT_TRUE(json["top"][0].contains("consumer"));
  EXPECT_EQ(json["top"][1]["resource"], "api/a");
}

TEST(BooksCsv, HasALineOfNamesAndAsManyFieldsInEachRow) {
  const StatementLine line = a_line("USD", 3);
  const auto commas = [](const std::string& text) {
    return std::count(text.begin(), text.end(), ',');
  };
  EXPECT_EQ(commas(csv_names()), commas(csv_of(std::span{&line, 1})));
  EXPECT_NE(csv_of(std::span{&line, 1}).find("1970-01-02T00:00:00Z,1970-01-03T00:00:00Z,true,"),
            std::string::npos);
}

}  // namespace
}  // namespace sluice::text
