// SPDX-License-Identifier: Apache-2.0
#include "protocol/codec_live.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "tests/protocol/codec/generators.hpp"
#include "tests/protocol/codec/message.hpp"

namespace sluice {
namespace {

using codec_test::Message;
using codec_test::refusal_of;

rc::Gen<EntryId> entry_ids() {
  return rc::gen::exec([] {
    return EntryId{*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::uint64_t>()};
  });
}

rc::Gen<std::vector<OwnedLabel>> some_labels(std::size_t most) {
  const auto label = rc::gen::construct<OwnedLabel>(
      rc::gen::elementOf(std::vector<std::string>{"user", "team", "model-1"}),
      rc::gen::elementOf(std::vector<std::string>{"", "ann", "日"}));
  return rc::gen::mapcat(rc::gen::inRange<std::size_t>(0, most + 1), [label](std::size_t count) {
    return rc::gen::container<std::vector<OwnedLabel>>(count, label);
  });
}

rc::Gen<LabelCounter> label_counters() {
  return rc::gen::exec([] {
    LabelCounter counter;
    counter.id = *entry_ids();
    counter.limit = *rc::gen::elementOf(std::vector<std::string>{"daily", "each"});
    counter.labels = *some_labels(labels_per_limit_max);
    counter.reading.meter = *codec_test::strong<MeterId>();
    counter.reading.size = codec_test::maybe_amount();
    counter.reading.used = *codec_test::amounts();
    counter.reading.held = *codec_test::amounts();
    counter.reading.remaining = *codec_test::amounts();
    counter.reading.resets_at = *codec_test::times();
    counter.idle = *rc::gen::arbitrary<bool>();
    return counter;
  });
}

rc::Gen<OpenHold> open_holds() {
  return rc::gen::exec([] {
    OpenHold hold;
    hold.id = *entry_ids();
    hold.kind = *codec_test::enums(HoldKind::lease);
    hold.made_at = *codec_test::times();
    hold.expires_at = *codec_test::times();
    const auto charges = *rc::gen::inRange<std::size_t>(0, charges_per_check_max + 1);
    for (std::size_t i = 0; i < charges; ++i) {
      hold.charges.push_back(
          {*codec_test::strong<MeterId>(), *codec_test::amounts(), *codec_test::amounts()});
    }
    hold.labels = *some_labels(labels_per_check_max);
    hold.policy = {*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::uint64_t>()};
    return hold;
  });
}

RC_GTEST_PROP(LiveCodec, BringsEveryPageThrough, ()) {
  const CounterPage counters{.counters = *rc::gen::container<std::vector<LabelCounter>>(
                                 *rc::gen::inRange<std::size_t>(0, 4), label_counters()),
                             .more = *rc::gen::arbitrary<bool>(),
                             .at = *codec_test::times()};
  Message<wire::LabelCounterPage> counter_message;
  encode_counters(counters, counter_message.write());
  const auto counters_back = decode_counters(counter_message.read());
  RC_ASSERT(counters_back.ok());
  RC_ASSERT(counters_back.value().counters == counters.counters);
  RC_ASSERT(counters_back.value().more == counters.more);
  RC_ASSERT(counters_back.value().at == counters.at);

  const HoldPage holds{.holds = *rc::gen::container<std::vector<OpenHold>>(
                           *rc::gen::inRange<std::size_t>(0, 4), open_holds()),
                       .more = *rc::gen::arbitrary<bool>(),
                       .at = *codec_test::times()};
  Message<wire::OpenHoldPage> hold_message;
  encode_holds(holds, hold_message.write());
  const auto holds_back = decode_holds(hold_message.read());
  RC_ASSERT(holds_back.ok());
  RC_ASSERT(holds_back.value().holds == holds.holds);
  RC_ASSERT(holds_back.value().more == holds.more);
  RC_ASSERT(holds_back.value().at == holds.at);
}

RC_GTEST_PROP(LiveCodec, BringsEveryQuestionThrough, ()) {
  CounterQuery asked;
  asked.limit = *rc::gen::elementOf(std::vector<std::string>{"", "each"});
  asked.labels = *some_labels(labels_per_check_max);
  asked.after = *entry_ids();
  asked.page_size = *rc::gen::inRange<std::size_t>(1, live_page_size_max + 1);
  Message<wire::TenantAdmin::ListCountersParams> message;
  encode_counter_query(asked, message.write());
  const auto back = decode_counter_query(message.read());
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value().limit == asked.limit);
  RC_ASSERT(back.value().labels == asked.labels);
  RC_ASSERT(back.value().after == asked.after);
  RC_ASSERT(back.value().page_size == asked.page_size);
}

TEST(LiveCodec, AQuestionThatCannotBeAnsweredIsRefusedByTheField) {
  Message<wire::TenantAdmin::ListHoldsParams> message;
  const auto refusal = [&] { return refusal_of(decode_hold_query(message.read())); };
  for (const unsigned size : {0U, 501U}) {
    message.write().setPageSize(size);
    EXPECT_EQ(refusal(), "pageSize is not from 1 to 500");
  }
  message.write().initLabels(9);
  EXPECT_EQ(refusal(), "labels are more than 8");
  message.write().initLabels(1)[0].setName("User");
  EXPECT_EQ(refusal(), "labels[0].name is not the name of a label");
  auto label = message.write().initLabels(1)[0];
  label.setName("user");
  label.setValue("a\nb");
  EXPECT_EQ(refusal(), "labels[0].value is not the value of a label");
}

TEST(LiveCodec, APageThatCannotBeRightIsRefusedByTheClient) {
  constexpr std::uint64_t too_large = Amount::max_raw + 1;
  Message<wire::OpenHoldPage> message;
  const auto refusal = [&] { return refusal_of(decode_holds(message.read())); };
  message.write().initHolds(501);
  EXPECT_EQ(refusal(), "page.holds are too many");
  const auto one = [&] { return message.write().initHolds(1)[0]; };
  one().setKind(static_cast<wire::HoldKind>(2));
  EXPECT_EQ(refusal(), "page.holds[0].kind is not known");
  one().initCharges(17);
  EXPECT_EQ(refusal(), "page.holds[0].charges are too many");
  one().initCharges(1)[0].setUsed(too_large);
  EXPECT_EQ(refusal(), "page.holds[0].charges[0].used is larger than 2^63-1");
}

}  // namespace
}  // namespace sluice
