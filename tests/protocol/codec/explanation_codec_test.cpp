// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "protocol/codec.hpp"
#include "tests/protocol/codec/generators.hpp"
#include "tests/protocol/codec/message.hpp"

namespace sluice {
namespace {

using codec_test::Message;
using codec_test::refusal_of;

constexpr std::uint64_t too_much = Amount::max_raw + 1;

rc::Gen<ConsideredLimit> considered_limits() {
  return rc::gen::exec([] {
    ConsideredLimit limit;
    limit.reading = LimitReading{*codec_test::strong<LimitId>(),
                                 *codec_test::strong<MeterId>(),
                                 codec_test::maybe_amount(),
                                 *codec_test::amounts(),
                                 *codec_test::amounts(),
                                 *codec_test::amounts(),
                                 *codec_test::times()};
    limit.amount = *codec_test::amounts();
    limit.verdict = *codec_test::enums(Verdict::full);
    limit.shadow = *rc::gen::arbitrary<bool>();
    if (*rc::gen::arbitrary<bool>()) {
      limit.wait = *codec_test::durations();
    }
    return limit;
  });
}

rc::Gen<Explanation> explanations() {
  return rc::gen::exec([] {
    return Explanation{*codec_test::strong<DecisionId>(), *codec_test::times(),
                       *codec_test::enums(Mode::lease), *codec_test::enums(Outcome::deactivated),
                       *rc::gen::container<std::vector<ConsideredLimit>>(
                           *rc::gen::inRange<std::size_t>(0, 5), considered_limits())};
  });
}

RC_GTEST_PROP(ExplanationCodec, BringsEveryExplanationThrough, ()) {
  const auto told = *rc::gen::container<std::vector<Explanation>>(
      *rc::gen::inRange<std::size_t>(0, 4), explanations());
  Message<wire::Explanations> message;
  encode_explanations(told, message.write());
  const auto back = decode_explanations(message.read());
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value() == told);
}

TEST(ExplanationCodec, WhatCannotBeRightIsRefusedByTheClient) {
  Message<wire::Explanations> message;
  const auto one = [&] { return message.write().initExplanations(1)[0]; };
  const auto refusal = [&] { return refusal_of(decode_explanations(message.read())); };
  one().setOutcome(static_cast<wire::Outcome>(99));
  EXPECT_EQ(refusal(), "explanations[0].outcome is not known");
  one().setMode(static_cast<wire::Mode>(99));
  EXPECT_EQ(refusal(), "explanations[0].mode is not known");
  one().initLimits(2)[1].setUsed(too_much);
  EXPECT_EQ(refusal(), "explanations[0].limits[1].used is larger than 2^63-1");
  one().initLimits(1)[0].setVerdict(static_cast<wire::Verdict>(3));
  EXPECT_EQ(refusal(), "explanations[0].limits[0].verdict is not known");
  one().initLimits(limits_per_tenant_max + 1);
  EXPECT_EQ(refusal(), "explanations[0].limits are more than 64");
  message.write().initExplanations(explanations_told_max + 1);
  EXPECT_EQ(refusal(), "explanations are more than 100");
}

TEST(ExplanationCodec, AQuestionIsForAtLeastOneAndAHundredAtMost) {
  Message<wire::TenantAdmin::ExplainParams> message;
  message.write();
  EXPECT_EQ(decode_explanation_query(message.read()).value().count_max, 20U);
  for (const std::uint32_t count : {0U, 101U}) {
    message.write().setCountMax(count);
    EXPECT_EQ(refusal_of(decode_explanation_query(message.read())),
              "countMax is not from 1 to 100");
  }
  encode_explanation_query({.decision = DecisionId{5}, .count_max = 100}, message.write());
  const auto query = decode_explanation_query(message.read()).value();
  EXPECT_EQ(query.decision, DecisionId{5});
  EXPECT_EQ(query.count_max, 100U);
}

/// A list of checks that ask why, but for those whose number can be divided by `plain_every`.
struct ExplainedList : testing::Test {
  void decode(unsigned count, unsigned plain_every) {
    auto list = message.write().initChecks(count);
    for (unsigned i = 0; i < count; ++i) {
      Check check{TenantId{1, 2}, std::span(&charge, 1)};
      check.explain = i % plain_every != 0;
      encode_check(check, list[i]);
    }
    ASSERT_TRUE(decoder.decode(message.read().getChecks()).ok());
  }
  capnp::List<wire::Decision>::Reader encoded() {
    auto results = answer.write();
    const auto before = results.totalSize().wordCount;
    decoder.encode(results.initDecisions(static_cast<unsigned>(decoder.checks().size())));
    EXPECT_LE(results.totalSize().wordCount - before, decoder.encoded_words());
    return answer.read().getDecisions();
  }

  const Charge charge{MeterId{3}, Amount{5}};
  Message<wire::Gateway::CheckParams> message;
  Message<wire::Gateway::CheckResults> answer;
  CheckDecoder decoder;
};

TEST_F(ExplainedList, TravelsToThoseWhoAskedAndToNobodyElse) {
  decode(4, 2);
  EXPECT_EQ(decoder.explanation_of(0), nullptr);
  EXPECT_EQ(decoder.explanation_of(2), nullptr);
  for (const std::uint32_t asked : {1U, 3U}) {
    EXPECT_TRUE(decoder.checks()[asked].explain);
    Explanation* const place = decoder.explanation_of(asked);
    ASSERT_NE(place, nullptr);
    *place = {DecisionId{asked}, {}, Mode::normal, Outcome::denied, {{}, {}}};
    decoder.decisions()[asked].id = DecisionId{asked};
  }
  const auto decisions = encoded();
  EXPECT_FALSE(decisions[0].hasNotes());
  const auto told = decode_explanation(decisions[3].getNotes().getExplanation(), "");
  EXPECT_EQ(told.value(), *decoder.explanation_of(3));
}

TEST_F(ExplainedList, OneThatWasNotDecidedHasNone) {
  decode(2, 3);
  EXPECT_FALSE(encoded()[1].hasNotes());
}

TEST_F(ExplainedList, ForgetsWhatWasAskedBefore) {
  decode(2, 3);
  decode(2, 1);
  EXPECT_EQ(decoder.explanation_of(1), nullptr);
  EXPECT_FALSE(decoder.checks()[1].explain);
}

TEST_F(ExplainedList, OnlyTheFirstOfALongListAreToldInPlace) {
  decode(100, 200);
  EXPECT_NE(decoder.explanation_of(32), nullptr);
  EXPECT_EQ(decoder.explanation_of(33), nullptr);
  EXPECT_TRUE(decoder.checks()[33].explain) << "it is kept for whoever asks later";
}

}  // namespace
}  // namespace sluice
