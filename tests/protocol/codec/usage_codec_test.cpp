// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/usage_asked.hpp"
#include "protocol/codec.hpp"
#include "tests/protocol/codec/generators.hpp"
#include "tests/protocol/codec/message.hpp"

namespace sluice {
namespace {

using codec_test::Message;
using codec_test::refusal_of;

rc::Gen<UsagePoint> points() {
  return rc::gen::construct<UsagePoint>(codec_test::strong<MeterId>(), codec_test::times(),
                                        codec_test::amounts(), rc::gen::arbitrary<std::uint64_t>(),
                                        rc::gen::arbitrary<std::uint64_t>(),
                                        rc::gen::arbitrary<std::uint64_t>(), codec_test::amounts(),
                                        codec_test::prices(), codec_test::parts());
}

rc::Gen<ClosedWindow> windows() {
  return rc::gen::construct<ClosedWindow>(
      codec_test::strong<LimitId>(), codec_test::strong<MeterId>(), codec_test::times(),
      codec_test::amounts(), codec_test::amounts(), codec_test::prices(),
      rc::gen::construct<EntryId>(rc::gen::arbitrary<std::uint64_t>(),
                                  rc::gen::arbitrary<std::uint64_t>()));
}

struct UsageQueryCodec : testing::Test {
  /// A query that is right.
  [[nodiscard]] wire::TenantAdmin::HistoryParams::Builder right() {
    encode_usage_query(UsageQuery{}, message.write());
    return message.edit();
  }
  Result<UsageQuery> decode() { return decode_usage_query(message.read()); }

  Message<wire::TenantAdmin::HistoryParams> message;
};

RC_GTEST_FIXTURE_PROP(UsageQueryCodec, BringsEveryQueryThrough, ()) {
  UsageQuery query;
  if (*rc::gen::arbitrary<bool>()) {
    query.meter = MeterId{*rc::gen::inRange<std::uint16_t>(1, 65'535)};
  }
  query.granularity = *codec_test::enums(Granularity::day);
  query.from = *codec_test::times();
  query.to = *rc::gen::suchThat(codec_test::times(), [&](WallTime to) { return to > query.from; });
  query.points_max = *rc::gen::inRange<std::size_t>(1, usage_points_max + 1);
  if (*rc::gen::arbitrary<bool>()) {
    query.label = "user";
    query.value = *rc::gen::arbitrary<bool>() ? std::optional<std::string>{""} : std::nullopt;
    query.points_max = std::min(query.points_max, usage_value_points_max);
  }
  encode_usage_query(query, message.write());
  const auto back = decode();
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value().meter == query.meter);
  RC_ASSERT(back.value().granularity == query.granularity);
  RC_ASSERT(back.value().from == query.from);
  RC_ASSERT(back.value().to == query.to);
  RC_ASSERT(back.value().points_max == query.points_max);
  RC_ASSERT(back.value().label == query.label);
  RC_ASSERT(back.value().value == query.value);
}

TEST_F(UsageQueryCodec, RefusesAValueOfNoLabelAndMorePointsOfValuesThanAFrameHolds) {
  right().setHasValue(true);
  EXPECT_EQ(refusal_of(decode()), "value is of no label");
  auto query = right();
  query.setLabel("user");
  query.setPointsMax(3'501);
  EXPECT_EQ(refusal_of(decode()), "pointsMax is more than 3500, with a label");
}

TEST_F(UsageQueryCodec, TakesWhatIsNotSaidForEverythingByTheMinuteFrom1970) {
  message.write();
  const auto query = decode();
  ASSERT_TRUE(query.ok());
  EXPECT_EQ(query.value().meter, std::nullopt);
  EXPECT_EQ(query.value().granularity, Granularity::minute);
  EXPECT_EQ(query.value().from, WallTime{});
  EXPECT_EQ(query.value().to, WallTime::max());
  EXPECT_EQ(query.value().points_max, 1'000u);
}

TEST_F(UsageQueryCodec, RefusesAGranularityThatIsNotKnown) {
  right().setGranularity(static_cast<wire::Granularity>(3));
  EXPECT_EQ(refusal_of(decode()), "granularity is not known");
}

TEST_F(UsageQueryCodec, RefusesARangeThatHoldsNothing) {
  auto query = right();
  query.setFromNs(5);
  query.setToNs(5);
  EXPECT_EQ(refusal_of(decode()), "toNs is not after fromNs");
}

TEST_F(UsageQueryCodec, RefusesNoPointsAndTooMany) {
  right().setPointsMax(0);
  EXPECT_EQ(refusal_of(decode()), "pointsMax is not from 1 to 10000");
  UsageQuery query;
  query.points_max = std::size_t{1} << 32 | 1;
  encode_usage_query(query, message.write());
  EXPECT_EQ(refusal_of(decode()), "pointsMax is not from 1 to 10000");
}

RC_GTEST_PROP(HistoryCodec, BringsEveryHistoryThrough, ()) {
  const auto history = *rc::gen::container<std::vector<UsagePoint>>(points());
  Message<wire::UsageHistory> message;
  encode_history(history, message.write());
  const auto back = decode_history(message.read());
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value() == history);
}

TEST(HistoryCodec, NamesThePointWhoseAmountIsTooLarge) {
  Message<wire::UsageHistory> message;
  message.write().initPoints(3)[2].setUsed(std::uint64_t{1} << 63);
  EXPECT_EQ(refusal_of(decode_history(message.read())),
            "history.points[2].used is larger than 2^63-1");
  message.write().initPoints(3)[1].setOverage(std::uint64_t{1} << 63);
  EXPECT_EQ(refusal_of(decode_history(message.read())),
            "history.points[1].overage is larger than 2^63-1");
}

TEST(HistoryCodec, RefusesMorePointsThanAnybodyMayAskFor) {
  Message<wire::UsageHistory> message;
  message.write().initPoints(usage_points_max + 1);
  EXPECT_EQ(refusal_of(decode_history(message.read())), "history.points are more than 10000");
}

TEST(HistoryCodec, AsManyPointsAsThereCanBeFitIntoAFrame) {
  Message<wire::TenantAdmin::HistoryResults> message;
  encode_history(std::vector<UsagePoint>(usage_points_max),
                 message.write().initAnswer().initValue());
  EXPECT_LE(message.read().totalSize().wordCount * sizeof(capnp::word), wire::FRAME_BYTES_MAX);
}

RC_GTEST_PROP(ClosedWindowsCodec, BringsEveryListThrough, ()) {
  const auto closed = *rc::gen::container<std::vector<ClosedWindow>>(windows());
  Message<wire::ClosedWindows> message;
  encode_windows(closed, message.write());
  const auto back = decode_windows(message.read());
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value() == closed);
}

TEST(ClosedWindowsCodec, NamesTheWindowWhoseAmountIsTooLarge) {
  Message<wire::ClosedWindows> message;
  message.write().initWindows(1)[0].setUsed(std::uint64_t{1} << 63);
  EXPECT_EQ(refusal_of(decode_windows(message.read())),
            "closedWindows.windows[0].used is larger than 2^63-1");
  message.write().initWindows(1)[0].setOverage(std::uint64_t{1} << 63);
  EXPECT_EQ(refusal_of(decode_windows(message.read())),
            "closedWindows.windows[0].overage is larger than 2^63-1");
  message.write().initWindows(1)[0].setPriceMicros(std::uint64_t{1} << 63);
  EXPECT_EQ(refusal_of(decode_windows(message.read())),
            "closedWindows.windows[0].priceMicros is larger than 2^63-1");
}

TEST(ClosedWindowsCodec, AsManyAsThereCanBeFitIntoAFrame) {
  Message<wire::TenantAdmin::ClosedWindowsResults> message;
  encode_windows(std::vector<ClosedWindow>(usage_points_max),
                 message.write().initAnswer().initValue());
  EXPECT_LE(message.read().totalSize().wordCount * sizeof(capnp::word), wire::FRAME_BYTES_MAX);
}

TEST(ClosedWindowsCodec, RefusesMoreThanAServerTells) {
  Message<wire::ClosedWindows> message;
  message.write().initWindows(usage_points_max + 1);
  EXPECT_EQ(refusal_of(decode_windows(message.read())),
            "closedWindows.windows are more than 10000");
}

RC_GTEST_PROP(ResetsCodec, BringsEveryPreviewThrough, ()) {
  ResetPreview preview{*codec_test::texts(), *codec_test::times(), {}};
  preview.at = *rc::gen::container<std::vector<WallTime>>(
      *rc::gen::inRange<std::size_t>(0, resets_max + 1), codec_test::times());
  Message<wire::Resets> message;
  encode_resets(preview, message.write());
  const auto back = decode_resets(message.read());
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value().timezone == preview.timezone);
  RC_ASSERT(back.value().now == preview.now);
  RC_ASSERT(back.value().at == preview.at);
}

TEST(ResetsCodec, RefusesMoreThanAServerTells) {
  Message<wire::Resets> message;
  message.write().initAtNs(resets_max + 1);
  EXPECT_EQ(refusal_of(decode_resets(message.read())), "resets.atNs are more than 100");
}

TEST(ResetsCodec, NamesTheTimeZoneThatIsNotUtf8) {
  Message<wire::Resets> message;
  message.write().setTimezone("\xff");
  EXPECT_EQ(refusal_of(decode_resets(message.read())), "resets.timezone is not UTF-8");
}

}  // namespace
}  // namespace sluice
