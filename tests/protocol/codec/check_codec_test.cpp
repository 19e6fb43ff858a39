// SPDX-License-Identifier: Apache-2.0
#include <capnp/serialize.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "protocol/codec.hpp"
#include "tests/protocol/codec/generators.hpp"
#include "tests/protocol/codec/message.hpp"

namespace sluice {
namespace {

using codec_test::Message;

constexpr TenantId tenant{1, 2};
constexpr std::uint64_t too_much = Amount::max_raw + 1;

/// A list of checks on the wire, and what a decoder makes of it.
struct CheckCodec : testing::Test {
  auto list(unsigned size) { return message.write().initChecks(size); }

  /// A list of one good check, to be spoilt.
  wire::Check::Builder one() {
    auto check = list(1)[0];
    encode_check(Check{tenant, std::span(&good, 1), Mode::normal}, check);
    return check;
  }

  Result<Done> decode() { return decoder.decode(message.read().getChecks()); }

  /// The problem that the peer is told about the check at `index`.
  std::string problem(unsigned index = 0) {
    EXPECT_TRUE(decode().ok());
    Message<wire::Gateway::CheckResults> answer;
    auto decisions = answer.write().initDecisions(static_cast<unsigned>(decoder.checks().size()));
    decoder.encode(decisions);
    EXPECT_EQ(decisions[index].getOutcome() == wire::Outcome::INVALID,
              decoder.decisions()[index].outcome == Outcome::invalid);
    return decode_problem(decisions[index].asReader()).value();
  }

  /// The first decision on the wire.
  wire::Decision::Reader answered() {
    decoder.encode(reply.write().initDecisions(1));
    return reply.read().getDecisions()[0];
  }

  const Charge good{MeterId{3}, Amount{5}};
  Message<wire::Gateway::CheckParams> message;
  Message<wire::Gateway::CheckResults> reply;
  CheckDecoder decoder;
};

RC_GTEST_FIXTURE_PROP(CheckCodec, ReadsBackEveryChargeOfEveryCheck, ()) {
  struct Asked {
    TenantId tenant;
    std::vector<Charge> charges;
    Mode mode;
  };
  const auto asked = *rc::gen::container<std::vector<Asked>>(rc::gen::exec([] {
    return Asked{
        *codec_test::ids(),
        *rc::gen::container<std::vector<Charge>>(
            *rc::gen::inRange<std::size_t>(1, charges_per_check_max + 1),
            rc::gen::construct<Charge>(codec_test::strong<MeterId>(), codec_test::amounts())),
        *codec_test::enums(Mode::release)};  // The others are in once_codec_test.cpp.
  }));
  auto out = list(static_cast<unsigned>(asked.size()));
  for (unsigned i = 0; i < asked.size(); ++i) {
    encode_check(Check{asked[i].tenant, asked[i].charges, asked[i].mode}, out[i]);
  }
  RC_ASSERT(decode().ok());
  RC_ASSERT(decoder.checks().size() == asked.size());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const Check& check = decoder.checks()[i];
    RC_ASSERT(check.tenant == asked[i].tenant);
    RC_ASSERT(check.mode == asked[i].mode);
    RC_ASSERT(
        std::ranges::equal(check.charges, asked[i].charges, {}, &Charge::amount, &Charge::amount));
    RC_ASSERT(
        std::ranges::equal(check.charges, asked[i].charges, {}, &Charge::meter, &Charge::meter));
    RC_ASSERT(decoder.decisions()[i].outcome == Outcome::unavailable);
    // One array for all, also after it grew under the first of them.
    if (i > 0) {
      RC_ASSERT(check.charges.data() == std::to_address(decoder.checks()[i - 1].charges.end()));
    }
  }
}

RC_GTEST_FIXTURE_PROP(CheckCodec, BringsEveryDecisionBackToTheCaller, ()) {
  auto decision = *codec_test::decisions();
  one();
  RC_ASSERT(decode().ok());
  decoder.decisions()[0] = decision;
  const auto back = decode_decision(answered());
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value().outcome == decision.outcome);
  RC_ASSERT(back.value().soft_limit_passed == decision.soft_limit_passed);
  RC_ASSERT(back.value().has_reading == decision.has_reading);
  RC_ASSERT(back.value().retry_after == decision.retry_after);
  RC_ASSERT(back.value().reading.limit == decision.reading.limit);
  RC_ASSERT(back.value().reading.meter == decision.reading.meter);
  RC_ASSERT(back.value().reading.size == decision.reading.size);
  RC_ASSERT(back.value().reading.used == decision.reading.used);
  RC_ASSERT(back.value().reading.held == decision.reading.held);
  RC_ASSERT(back.value().reading.remaining == decision.reading.remaining);
  RC_ASSERT(back.value().reading.resets_at == decision.reading.resets_at);
  RC_ASSERT(back.value().repeated == decision.repeated);
  RC_ASSERT(back.value().overrun == decision.overrun);
  RC_ASSERT(back.value().granted == decision.granted);
  RC_ASSERT(back.value().overage == decision.overage);
  RC_ASSERT(back.value().price_micros == decision.price_micros);
  RC_ASSERT(back.value().would_deny == decision.would_deny);
  RC_ASSERT(back.value().id == decision.id);
  RC_ASSERT(back.value().sharing == decision.sharing);
  RC_ASSERT(back.value().use_cost_micros == decision.use_cost_micros);
}

TEST_F(CheckCodec, TakesAsManyChecksAsACallMayHaveAndNotOneMore) {
  list(wire::CHECKS_PER_CALL_MAX);
  EXPECT_TRUE(decode().ok());
  list(wire::CHECKS_PER_CALL_MAX + 1);
  EXPECT_EQ(codec_test::refusal_of(decode()), "checks: at most 4096 in one call, 4097 were sent");
  EXPECT_TRUE(decoder.checks().empty());
}

TEST_F(CheckCodec, TakesAnEmptyList) {
  list(0);
  EXPECT_TRUE(decode().ok());
  EXPECT_TRUE(decoder.checks().empty());
}

TEST_F(CheckCodec, RefusesAnAmountBeyondTheLargest) {
  one().setAmount(Amount::max_raw);
  EXPECT_EQ(problem(), "");
  one().setAmount(too_much);
  EXPECT_EQ(problem(), "checks[0].amount is larger than 2^63-1");
}

TEST_F(CheckCodec, RefusesAnAmountBeyondTheLargestInAFurtherCharge) {
  one().initMore(2)[1].setAmount(too_much);
  EXPECT_EQ(problem(), "checks[0].more[1].amount is larger than 2^63-1");
}

TEST_F(CheckCodec, RefusesTheNilTenant) {
  auto check = one();
  check.setTenantHigh(0);
  check.setTenantLow(0);
  EXPECT_EQ(problem(), "checks[0].tenantHigh and tenantLow are both zero");
}

TEST_F(CheckCodec, RefusesAModeItDoesNotKnow) {
  one().setMode(static_cast<wire::Mode>(static_cast<std::uint16_t>(Mode::lease) + 1));
  EXPECT_EQ(problem(), "checks[0].mode is not known");
  one().setMode(static_cast<wire::Mode>(0xffff));
  EXPECT_EQ(problem(), "checks[0].mode is not known");
}

TEST_F(CheckCodec, RefusesToChangeCredit) {
  one().setMode(static_cast<wire::Mode>(Mode::credit));
  EXPECT_EQ(problem(), "checks[0].mode is not known");
  auto check = one();
  check.setMode(static_cast<wire::Mode>(Mode::credit));
  check.initParticulars().setIdLow(1);
  EXPECT_EQ(problem(), "checks[0].mode is not known");
}

TEST_F(CheckCodec, RefusesMoreChargesThanACheckMayHave) {
  one().initMore(charges_per_check_max - 1);
  EXPECT_EQ(problem(), "");
  one().initMore(charges_per_check_max);
  EXPECT_EQ(problem(), "checks[0].more makes this more than 16 charges");
}

TEST_F(CheckCodec, TellsOnlyTheFirstProblemOfACheck) {
  auto check = one();
  check.setAmount(too_much);
  check.setMode(static_cast<wire::Mode>(99));
  check.initParticulars();
  EXPECT_EQ(problem(), "checks[0].mode is not known");
}

TEST_F(CheckCodec, DoesNotLetAMalformedCheckSpoilItsNeighbours) {
  auto checks = list(3);
  for (auto check : checks) {
    encode_check(Check{tenant, std::span(&good, 1), Mode::peek}, check);
  }
  checks[1].setAmount(too_much);
  EXPECT_EQ(problem(1), "checks[1].amount is larger than 2^63-1");
  EXPECT_EQ(decoder.decisions()[0].outcome, Outcome::unavailable);
  EXPECT_EQ(decoder.decisions()[2].outcome, Outcome::unavailable);
  EXPECT_EQ(decoder.checks()[2].charges[0].amount, good.amount);
}

TEST_F(CheckCodec, ForgetsWhatWasDecodedBefore) {
  auto check = one();
  check.setAmount(too_much);
  EXPECT_NE(problem(), "");
  decoder.decisions()[0].soft_limit_passed = true;
  decoder.decisions()[0].has_reading = true;
  decoder.decisions()[0].retry_after = Duration{1};
  decoder.decisions()[0].granted = Amount{1};
  decoder.decisions()[0].overage = Amount{1};
  decoder.decisions()[0].price_micros = 1;
  decoder.decisions()[0].repeated = true;
  decoder.decisions()[0].overrun = true;
  decoder.decisions()[0].would_deny.add(LimitId{1});
  decoder.decisions()[0].id = DecisionId{1};
  decoder.decisions()[0].problem = "charges: of the check before";
  one();
  EXPECT_EQ(problem(), "");
  const Decision& decision = decoder.decisions()[0];
  EXPECT_FALSE(decision.soft_limit_passed || decision.has_reading || decision.retry_after);
  EXPECT_FALSE(decision.repeated || decision.overrun);
  EXPECT_EQ(decision.granted, Amount{0});
  EXPECT_EQ(decision.overage, Amount{0});
  EXPECT_EQ(decision.price_micros, 0U);
  EXPECT_EQ(decision.would_deny.count, 0U);
  EXPECT_EQ(decision.id, DecisionId{});
}

TEST_F(CheckCodec, TellsTheProblemThatTheTenantFound) {
  one();
  ASSERT_TRUE(decode().ok());
  decoder.decisions()[0].outcome = Outcome::invalid;
  decoder.decisions()[0].problem = "mode: only a gauge can be released";
  EXPECT_EQ(decode_problem(answered()).value(), "mode: only a gauge can be released");
}

TEST_F(CheckCodec, WritesNotesOnlyForADecisionThatHasSome) {
  one();
  ASSERT_TRUE(decode().ok());
  Decision& decision = decoder.decisions()[0];
  decision.granted = Amount{1};
  EXPECT_FALSE(answered().hasNotes());
  decision.overage = Amount{1};
  EXPECT_TRUE(answered().hasNotes());
  decision.overage = Amount{0};
  decision.price_micros = 1;
  EXPECT_TRUE(answered().hasNotes());
  decision.price_micros = 0;
  decision.repeated = true;
  EXPECT_TRUE(answered().hasNotes());
  decision.repeated = false;
  decision.overrun = true;
  EXPECT_TRUE(answered().hasNotes());
  decision.overrun = false;
  decision.reading.held = Amount{1};
  EXPECT_FALSE(answered().hasNotes()) << "without a reading its numbers say nothing";
  decision.has_reading = true;
  EXPECT_TRUE(answered().hasNotes());
  decision.has_reading = false;
  decision.id = DecisionId{1};
  EXPECT_TRUE(answered().hasNotes());
  decision.id = {};
  decision.would_deny.add(LimitId{1});
  EXPECT_TRUE(answered().hasNotes());
}

TEST_F(CheckCodec, FillsNoMoreWordsThanItSays) {
  auto checks = list(4);
  for (auto check : checks) {
    encode_check(Check{tenant, std::span(&good, 1), Mode::normal}, check);
  }
  checks[0].setAmount(too_much);
  ASSERT_TRUE(decode().ok());
  decoder.decisions()[2].problem = "charges: named by the tenant";
  for (std::uint32_t limit = 1; limit <= limits_per_tenant_max; ++limit) {
    decoder.decisions()[3].would_deny.add(LimitId{limit});
  }
  Message<wire::Gateway::CheckResults> answer;
  auto results = answer.write();
  const auto before = results.totalSize().wordCount;
  decoder.encode(results.initDecisions(4));
  EXPECT_LE(results.totalSize().wordCount - before, decoder.encoded_words());
}

TEST_F(CheckCodec, AnswersOfAServerThatCannotBeRightAreRefusedByTheClient) {
  Message<wire::Decision> answer;
  answer.write().setOutcome(static_cast<wire::Outcome>(13));
  EXPECT_EQ(codec_test::refusal_of(decode_decision(answer.read())), "outcome is not known");
  answer.write().setUsed(too_much);
  EXPECT_EQ(codec_test::refusal_of(decode_decision(answer.read())),
            "size, used, remaining, retryAfterNs or granted is larger than 2^63-1");
  answer.write().setRetryAfterNs(std::numeric_limits<std::uint64_t>::max());
  EXPECT_FALSE(decode_decision(answer.read()).ok());
  answer.write().setGranted(too_much);
  EXPECT_FALSE(decode_decision(answer.read()).ok());
}

TEST_F(CheckCodec, NotesThatCannotBeRightAreRefusedByTheClient) {
  Message<wire::Decision> answer;
  answer.write().initNotes().setOverage(too_much);
  EXPECT_EQ(codec_test::refusal_of(decode_decision(answer.read())),
            "notes.overage is larger than 2^63-1");
  answer.write().initNotes().setPriceMicros(too_much);
  EXPECT_EQ(codec_test::refusal_of(decode_decision(answer.read())),
            "notes.priceMicros is larger than 2^63-1");
  answer.write().initNotes().setHeld(too_much);
  EXPECT_EQ(codec_test::refusal_of(decode_decision(answer.read())),
            "notes.held is larger than 2^63-1");
  auto notes = answer.write().initNotes();
  notes.initWouldDeny(5);
  notes.setWouldDenyCount(5);
  EXPECT_EQ(codec_test::refusal_of(decode_decision(answer.read())),
            "notes.wouldDeny are not the first 4 of wouldDenyCount");
  answer.write().initNotes().initWouldDeny(1);
  EXPECT_EQ(codec_test::refusal_of(decode_decision(answer.read())),
            "notes.wouldDeny are not the first 0 of wouldDenyCount");
}

TEST_F(CheckCodec, ReadsNoMoreThanTheTraversalLimitWhateverPointersPromise) {
  constexpr unsigned checks = 4000;
  auto out = list(checks);
  for (auto check : out) {
    encode_check(Check{tenant, std::span(&good, 1), Mode::normal}, check);
    check.initMore(charges_per_check_max - 1);
  }
  const auto words = message.read().totalSize().wordCount;
  capnp::ReaderOptions options;
  options.traversalLimitInWords = words / 2;
  const auto flat = capnp::messageToFlatArray(message.builder());
  capnp::FlatArrayMessageReader reader(flat, options);
  EXPECT_THROW(
      static_cast<void>(decoder.decode(reader.getRoot<wire::Gateway::CheckParams>().getChecks())),
      kj::Exception);
}

}  // namespace
}  // namespace sluice
