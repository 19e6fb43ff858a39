// SPDX-License-Identifier: Apache-2.0
#include "protocol/codec_books.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/protocol/codec/message.hpp"

namespace sluice {
namespace {

using codec_test::Message;

constexpr WallTime at(std::int64_t hours) {
  return WallTime{std::chrono::hours{hours}};
}

StatementLine a_line() {
  return {.grant = {1, 2},
          .policy = {3, 4},
          .owner = {5, 6},
          .consumer = {7, 8},
          .resource = {ResourceType::dataset, "d/1"},
          .period = {at(24), at(48)},
          .uses = 3,
          .units = Amount{9},
          .currency = "EUR",
          .amount_micros = 10,
          .owner_micros = 7,
          .platform_micros = 3,
          .schedule = PayoutSchedule::weekly,
          .minimum_payout_micros = 100,
          .closed_at = at(49)};
}

TEST(BooksCodec, CarriesLinesThatAreClosedAndLinesThatRun) {
  StatementPage page{.lines = {a_line(), a_line()}, .more = true};
  page.lines[1].closed_at = std::nullopt;
  page.totals = {{"EUR", {1, 2, 3, 1, 2}}, {"USD", {5, 6, 7, 4, 3}}};
  Message<wire::SharingStatementPage> message;
  encode_statement_page(page, message.write());
  const auto told = decode_statement_page(message.read());
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(told.value().lines, page.lines);
  EXPECT_EQ(told.value().totals, page.totals);
  EXPECT_TRUE(told.value().more);
}

TEST(BooksCodec, CarriesWhichLinesAreAskedFor) {
  StatementsAsked asked{.query = {.side = SharingSide::consumer,
                                  .from = at(1),
                                  .to = at(2),
                                  .policy = PolicyId{3, 4},
                                  .counterparty = TenantId{7, 8},
                                  .after = StatementCursor{at(1), {5, 6}},
                                  .page_size = 7},
                        .running = true};
  Message<wire::TenantAdmin::SharingStatementsParams> message;
  encode_statements_asked(asked, message.write());
  const auto told = decode_statements_asked(message.read()).value();
  EXPECT_EQ(told.query.side, SharingSide::consumer);
  EXPECT_EQ(told.query.from, at(1));
  EXPECT_EQ(told.query.to, at(2));
  EXPECT_EQ(told.query.policy, asked.query.policy);
  EXPECT_EQ(told.query.counterparty, asked.query.counterparty);
  EXPECT_EQ(told.query.after, asked.query.after);
  EXPECT_EQ(told.query.page_size, 7U);
  EXPECT_TRUE(told.running);
}

TEST(BooksCodec, CarriesPayouts) {
  const Payout unpaid{.key = {{1, 2}, "USD", 3},
                      .schedule = PayoutSchedule::daily,
                      .through = at(5),
                      .lines = 6,
                      .amount_micros = 7,
                      .made_at = at(8)};
  Payout paid = unpaid;
  paid.paid_at = at(9);
  paid.reference = "wire 47";
  Message<wire::SharingPayoutPage> message;
  encode_payout_page({{unpaid, paid}, true}, message.write());
  const auto told = decode_payout_page(message.read());
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(told.value().payouts, (std::vector<Payout>{unpaid, paid}));
}

TEST(BooksCodec, CarriesWhichPayoutWasPaid) {
  Message<wire::Operator::MarkPayoutPaidParams> message;
  encode_payout_paid({{{}, "USD", 3}, "wire 47"}, message.write());
  const auto told = decode_payout_paid(message.read()).value();
  EXPECT_EQ(told.key, (PayoutKey{{}, "USD", 3}));
  EXPECT_EQ(told.reference, "wire 47");
}

TEST(BooksCodec, CarriesStatistics) {
  const SharingCount count{1, Amount{2}, 3, 4, 5};
  const SharingStatistics statistics{
      .points = {{at(1), {1, 2}, "USD", {ResourceType::api, "a"}, count}},
      .top = {{"USD", {3, 4}, {}, {}, count}, {"USD", {}, {5, 6}, {ResourceType::api, "a"}, count}},
      .cut = true};
  Message<wire::SharingStatistics> message;
  encode_sharing_statistics(statistics, message.write());
  EXPECT_EQ(decode_sharing_statistics(message.read()).value(), statistics);
}

}  // namespace
}  // namespace sluice
