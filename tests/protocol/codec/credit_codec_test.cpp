// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <initializer_list>
#include <limits>
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
constexpr EntryId some_id{7, 8};

rc::Gen<GrantTerms> terms() {
  return rc::gen::exec([] {
    GrantTerms terms;
    terms.amount = *rc::gen::suchThat(codec_test::amounts(), [](Amount a) { return a > Amount{}; });
    terms.priority = *rc::gen::arbitrary<std::uint8_t>();
    terms.effective_at = *codec_test::times();
    terms.expires_at = *rc::gen::suchThat(codec_test::times(),
                                          [&](WallTime end) { return end > terms.effective_at; });
    if (*rc::gen::arbitrary<bool>()) {
      terms.recurrence = Recurrence{
          *rc::gen::element(Period::hour, Period::day, Period::week, Period::month, Period::year),
          *rc::gen::inRange<std::uint16_t>(1, recurrence_every_max + 1), *codec_test::times()};
    }
    const Amount a = *codec_test::amounts();
    const Amount b = *codec_test::amounts();
    terms.rollover = Rollover{std::min(a, b), std::max(a, b)};
    return terms;
  });
}

/// As it crosses the wire: without what stays with the server.
rc::Gen<Grant> grants() {
  return rc::gen::exec([] {
    Grant grant;
    grant.id = *codec_test::entry_ids();
    grant.terms = *terms();
    grant.given_at = *codec_test::times();
    grant.voided_at = *codec_test::times();
    grant.balance = *codec_test::amounts();
    grant.paid = *codec_test::amounts();
    return grant;
  });
}

struct GrantCodec : testing::Test {
  /// Good terms, to be spoilt.
  wire::GrantTerms::Builder good() {
    encode_grant_terms({.amount = Amount{10},
                        .effective_at = WallTime{Duration{100}},
                        .expires_at = WallTime{Duration{200}}},
                       message.write());
    return message.edit();
  }
  std::string refusal() { return refusal_of(decode_grant_terms(message.read(), "grant")); }

  Message<wire::GrantTerms> message;
};

RC_GTEST_FIXTURE_PROP(GrantCodec, BringsAllTermsThrough, ()) {
  const GrantTerms agreed = *terms();
  encode_grant_terms(agreed, message.write());
  const auto back = decode_grant_terms(message.read(), "grant");
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value() == agreed);
}

RC_GTEST_FIXTURE_PROP(GrantCodec, BringsEveryGrantThrough, ()) {
  const Grant grant = *grants();
  Message<wire::Grant> whole;
  encode_grant(grant, whole.write());
  const auto back = decode_grant(whole.read(), "grant");
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value() == grant);
}

TEST_F(GrantCodec, TakesWhatIsNotSaidForAGrantThatIsFullOnceAtOnceAndForEver) {
  message.write().setAmount(10);
  const auto agreed = decode_grant_terms(message.read(), "grant");
  ASSERT_TRUE(agreed.ok());
  EXPECT_EQ(agreed.value(), GrantTerms{.amount = Amount{10}});
}

TEST_F(GrantCodec, RefusesNothingAndMoreThanTheLargestAmount) {
  good().setAmount(0);
  EXPECT_EQ(refusal(), "grant.amount is zero");
  good().setAmount(too_much);
  EXPECT_EQ(refusal(), "grant.amount is larger than 2^63-1");
}

TEST_F(GrantCodec, RefusesAnEndThatIsNotAfterTheStart) {
  good().setExpiresAtNs(100);
  EXPECT_EQ(refusal(), "grant.expiresAtNs is not after effectiveAtNs");
  good().setExpiresAtNs(std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(refusal(), "grant.expiresAtNs is not after effectiveAtNs");
  good().setExpiresAtNs(101);
  EXPECT_EQ(refusal(), "");
}

TEST_F(GrantCodec, RefusesARecurrenceThatIsNotFromAnHourToAYear) {
  good().initRecurrence().setPeriod(wire::Period::MINUTE);
  EXPECT_EQ(refusal(), "grant.recurrence.period is not from hour to year");
  good().initRecurrence().setPeriod(wire::Period::NEVER);
  EXPECT_EQ(refusal(), "grant.recurrence.period is not from hour to year");
  good().initRecurrence().setPeriod(static_cast<wire::Period>(7));
  EXPECT_EQ(refusal(), "grant.recurrence.period is not known");
}

TEST_F(GrantCodec, RefusesARecurrenceEveryNoneOrMoreThanAThousandPeriods) {
  for (const std::uint16_t every : std::initializer_list<std::uint16_t>{0, 1001, 65'535}) {
    auto recurrence = good().initRecurrence();
    recurrence.setPeriod(wire::Period::DAY);
    recurrence.setEvery(every);
    EXPECT_EQ(refusal(), "grant.recurrence.every is not from 1 to 1000") << every;
  }
}

TEST_F(GrantCodec, RefusesARolloverOfMoreAtLeastThanAtMost) {
  auto rollover = good().initRollover();
  rollover.setMin(2);
  rollover.setMax(1);
  EXPECT_EQ(refusal(), "grant.rollover.min is larger than rollover.max");
  good().initRollover().setMin(too_much);
  EXPECT_EQ(refusal(), "grant.rollover.min is larger than 2^63-1");
  good().initRollover().setMax(too_much);
  EXPECT_EQ(refusal(), "grant.rollover.max is larger than 2^63-1");
}

TEST_F(GrantCodec, RefusesAGrantWhoseNumbersOrIdCannotBe) {
  Message<wire::Grant> whole;
  const auto refusal_with = [&](auto spoil) {
    Grant grant;
    grant.id = some_id;
    grant.terms.amount = Amount{10};
    encode_grant(grant, whole.write());
    spoil(whole.edit());
    return refusal_of(decode_grant(whole.read(), "grants[3]"));
  };
  EXPECT_EQ(refusal_with([](auto grant) { grant.setBalance(too_much); }),
            "grants[3].balance is larger than 2^63-1");
  EXPECT_EQ(refusal_with([](auto grant) { grant.setPaid(too_much); }),
            "grants[3].paid is larger than 2^63-1");
  EXPECT_EQ(refusal_with([](auto grant) { grant.getTerms().setAmount(0); }),
            "grants[3].terms.amount is zero");
  EXPECT_EQ(refusal_with([](auto grant) {
              grant.setIdHigh(0);
              grant.setIdLow(0);
            }),
            "grants[3].idHigh and idLow are both zero: a grant needs an id");
}

/// The usage of a limit of credit.
LimitUsage credit() {
  LimitUsage usage;
  usage.limit.id = LimitId{4};
  usage.limit.name = "prepaid";
  usage.limit.rule = CreditRule{Period::month};
  usage.reading.used = Amount{30};
  usage.over = Amount{10};
  usage.reading.remaining = Amount{5};
  return usage;
}

RC_GTEST_PROP(CreditReportCodec, BringsEveryReportThrough, ()) {
  CreditReport report{credit(), *rc::gen::arbitrary<bool>(), *codec_test::times()};
  report.usage.grants =
      *rc::gen::container<std::vector<Grant>>(*rc::gen::inRange<std::size_t>(0, 5), grants());
  Message<wire::CreditReport> message;
  encode_credit_report(report, message.write());
  const auto back = decode_credit_report(message.read());
  RC_ASSERT(back.ok());
  for (Grant& grant : report.usage.grants) {
    grant.limit = report.usage.limit.id;
  }
  RC_ASSERT(back.value().usage.grants == report.usage.grants);
  RC_ASSERT(back.value().usage.limit == report.usage.limit);
  RC_ASSERT(back.value().repeated == report.repeated);
  RC_ASSERT(back.value().at == report.at);
}

TEST(CreditReportCodec, ReadsTheSizeOutOfWhatGrantsPaidAndHaveLeft) {
  LimitUsage usage = credit();
  usage.grants.resize(2);
  for (Grant& grant : usage.grants) {
    grant.id = some_id;
    grant.terms.amount = Amount{100};
    grant.balance = Amount{40};
  }
  Message<wire::LimitUsage> message;
  encode_limit_usage(usage, message.write());
  EXPECT_EQ(decode_limit_usage(message.read()).value().reading.size, Amount{30 - 10 + 2 * 40});
}

TEST(CreditReportCodec, RefusesMoreGrantsThanATenantMayHave) {
  Message<wire::CreditReport> message;
  encode_credit_report({credit(), false, WallTime{}}, message.write());
  message.edit().getUsage().initGrants(grants_per_tenant_max + 1);
  EXPECT_EQ(refusal_of(decode_credit_report(message.read())), "grants are more than 100");
}

TEST(CreditReportCodec, AsManyGrantsAsThereCanBeFitIntoAFrame) {
  LimitUsage usage = credit();
  usage.grants.resize(grants_per_tenant_max);
  for (Grant& grant : usage.grants) {
    grant.terms.recurrence = Recurrence{};
    grant.terms.rollover = {Amount{1}, Amount{2}};
  }
  Message<wire::CreditReport> message;
  encode_credit_report({usage, false, WallTime{}}, message.write());
  EXPECT_LE(message.read().totalSize().wordCount * sizeof(capnp::word), wire::FRAME_BYTES_MAX / 8);
}

TEST(CreditRequestCodec, BringsAGrantThrough) {
  GiveCredit give{"prepaid", {.amount = Amount{10}, .priority = 3}};
  Message<wire::Operator::GiveCreditParams> message;
  encode_give(some_id, give, message.write());
  const auto back = decode_give(message.read());
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back.value().id, some_id);
  EXPECT_EQ(back.value().limit, "prepaid");
  EXPECT_EQ(std::get<GiveCredit>(back.value().change).terms, give.terms);
}

TEST(CreditRequestCodec, BringsAVoidThrough) {
  Message<wire::Operator::VoidCreditParams> message;
  encode_void(some_id, message.write());
  const auto back = decode_void(message.read());
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back.value().id, some_id);
  EXPECT_TRUE(std::holds_alternative<VoidCredit>(back.value().change));
}

TEST(CreditRequestCodec, BringsAResetThrough) {
  for (const bool keeps_overage : {false, true}) {
    Message<wire::Operator::ResetCreditParams> message;
    encode_reset(ResetCredit{"prepaid", keeps_overage}, message.write());
    const auto back = decode_reset(message.read());
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back.value().id, EntryId{});
    EXPECT_EQ(back.value().limit, "prepaid");
    EXPECT_EQ(std::get<ResetCredit>(back.value().change).keeps_overage, keeps_overage);
  }
}

TEST(CreditRequestCodec, NamesTheFieldThatIsWrong) {
  Message<wire::Operator::GiveCreditParams> message;
  const GiveCredit give{"prepaid", {.amount = Amount{10}}};
  encode_give(EntryId{}, give, message.write());
  EXPECT_EQ(refusal_of(decode_give(message.read())),
            "idHigh and idLow are both zero: a grant needs an id");
  encode_give(EntryId{reserved_id_high, 1}, give, message.write());
  EXPECT_EQ(refusal_of(decode_give(message.read())), "idHigh is reserved");
  encode_give(some_id, GiveCredit{"", give.terms}, message.write());
  EXPECT_EQ(refusal_of(decode_give(message.read())), "limit is empty");
  encode_give(some_id, GiveCredit{"prepaid", {}}, message.write());
  EXPECT_EQ(refusal_of(decode_give(message.read())), "grant.amount is zero");
  Message<wire::Operator::ResetCreditParams> reset;
  reset.write();
  EXPECT_EQ(refusal_of(decode_reset(reset.read())), "limit is empty");
}

}  // namespace
}  // namespace sluice
