// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "protocol/codec.hpp"
#include "tests/protocol/codec/generators.hpp"
#include "tests/protocol/codec/message.hpp"

namespace sluice {
namespace {

using codec_test::Message;
using codec_test::refusal_of;

constexpr std::uint64_t too_much = Amount::max_raw + 1;

/// Good limits of every kind, to be spoilt.
struct LimitCodec : testing::Test {
  wire::Limit::Builder window() {
    auto limit = message.write();
    limit.setName("monthly");
    limit.initRule().initWindow().setSize(10);
    return limit;
  }
  wire::RateRule::Builder rate() {
    auto limit = message.write();
    limit.setName("burst");
    return limit.initRule().initRate();
  }
  wire::SlidingRule::Builder sliding() {
    auto limit = message.write();
    limit.setName("smooth");
    return limit.initRule().initSliding();
  }
  std::string refusal() { return refusal_of(decode_limit(message.read(), "limit")); }

  Message<wire::Limit> message;
};

RC_GTEST_FIXTURE_PROP(LimitCodec, BringsEveryLimitThrough, ()) {
  const Limit limit = *codec_test::limits();
  encode_limit(limit, message.write());
  const auto back = decode_limit(message.read(), "limit");
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value() == limit);
}

RC_GTEST_FIXTURE_PROP(LimitCodec, BringsTheUsageOfEveryLimitThrough, ()) {
  LimitUsage usage;
  usage.limit = *codec_test::limits();
  usage.reading.used = *codec_test::amounts();
  usage.reading.remaining = *codec_test::amounts();
  usage.reading.held = *codec_test::amounts();
  usage.leased = *codec_test::amounts();
  usage.window = Window{*codec_test::times(), *codec_test::times()};
  usage.reading.resets_at = usage.window.end;
  usage.over = *codec_test::amounts();
  usage.price_micros = *codec_test::prices();
  Message<wire::LimitUsage> answer;
  encode_limit_usage(usage, answer.write());
  const auto back = decode_limit_usage(answer.read());
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value().limit == usage.limit);
  RC_ASSERT(back.value().window == usage.window);
  RC_ASSERT(back.value().reading.limit == usage.limit.id);
  RC_ASSERT(back.value().reading.meter == usage.limit.meter);
  RC_ASSERT(back.value().reading.used == usage.reading.used);
  RC_ASSERT(back.value().reading.remaining == usage.reading.remaining);
  RC_ASSERT(back.value().reading.held == usage.reading.held);
  RC_ASSERT(back.value().leased == usage.leased);
  RC_ASSERT(back.value().reading.resets_at == usage.reading.resets_at);
  RC_ASSERT(back.value().over == usage.over);
  RC_ASSERT(back.value().price_micros == usage.price_micros);
}

TEST_F(LimitCodec, ReadsTheSizeOfALimitOfEveryKindOutOfItsUsage) {
  for (const Rule& rule : {Rule{(WindowRule{Amount{7}, Period::day})},
                           Rule{(RateRule{Amount{1}, Duration{1}, Amount{7}})},
                           Rule{(SlidingRule{Amount{7}, Duration{1}})}}) {
    LimitUsage usage;
    usage.limit.rule = rule;
    Message<wire::LimitUsage> answer;
    encode_limit_usage(usage, answer.write());
    EXPECT_EQ(decode_limit_usage(answer.read()).value().reading.size, Amount{7}) << rule.index();
  }
}

TEST_F(LimitCodec, RefusesAUsageWhoseOveragePriceOrHoldIsBeyondTheLargest) {
  Message<wire::LimitUsage> answer;
  answer.write().setOverage(too_much);
  EXPECT_EQ(refusal_of(decode_limit_usage(answer.read())), "overage is larger than 2^63-1");
  answer.write().setPriceMicros(too_much);
  EXPECT_EQ(refusal_of(decode_limit_usage(answer.read())), "priceMicros is larger than 2^63-1");
  answer.write().setHeld(too_much);
  EXPECT_EQ(refusal_of(decode_limit_usage(answer.read())), "held is larger than 2^63-1");
}

TEST_F(LimitCodec, RefusesASizeBeyondTheLargestAmount) {
  window().getRule().getWindow().setSize(too_much);
  EXPECT_EQ(refusal(), "limit.rule.window.size is larger than 2^63-1");
}

TEST_F(LimitCodec, IgnoresTheSizeOfAnUnlimitedWindow) {
  auto rule = window().getRule().getWindow();
  rule.setUnlimited(true);
  rule.setSize(too_much);
  EXPECT_EQ(refusal(), "");
}

TEST_F(LimitCodec, RefusesAPeriodItDoesNotKnow) {
  window().getRule().getWindow().setPeriod(static_cast<wire::Period>(7));
  EXPECT_EQ(refusal(), "limit.rule.window.period is not known");
}

TEST_F(LimitCodec, RefusesAPeriodOfCreditItDoesNotKnow) {
  window().getRule().initCredit().setPeriod(static_cast<wire::Period>(7));
  EXPECT_EQ(refusal(), "limit.rule.credit.period is not known");
}

TEST_F(LimitCodec, RefusesEveryNumberOfARateBeyondTheLargest) {
  rate().setAmount(too_much);
  EXPECT_EQ(refusal(), "limit.rule.rate.amount is larger than 2^63-1");
  rate().setPerNs(too_much);
  EXPECT_EQ(refusal(), "limit.rule.rate.perNs is larger than 2^63-1");
  rate().setBurst(too_much);
  EXPECT_EQ(refusal(), "limit.rule.rate.burst is larger than 2^63-1");
}

TEST_F(LimitCodec, RefusesAnUnknownWayToRefillARate) {
  rate().setRefill(static_cast<wire::Refill>(2));
  EXPECT_EQ(refusal(), "limit.rule.rate.refill is not known");
}

TEST_F(LimitCodec, RefusesEveryNumberOfASlidingWindowBeyondTheLargest) {
  sliding().setSize(too_much);
  EXPECT_EQ(refusal(), "limit.rule.sliding.size is larger than 2^63-1");
  sliding().setSpanNs(too_much);
  EXPECT_EQ(refusal(), "limit.rule.sliding.spanNs is larger than 2^63-1");
}

TEST_F(LimitCodec, RefusesEveryNumberOfOverageTermsBeyondTheLargest) {
  window().initOverage().setPriceMicros(too_much);
  EXPECT_EQ(refusal(), "limit.overage.priceMicros is larger than 2^63-1");
  window().initOverage().setPer(too_much);
  EXPECT_EQ(refusal(), "limit.overage.per is larger than 2^63-1");
  auto terms = window().initOverage();
  terms.setCap(too_much);
  EXPECT_EQ(refusal(), "") << "there is none";
  terms.setHasCap(true);
  EXPECT_EQ(refusal(), "limit.overage.cap is larger than 2^63-1");
}

TEST_F(LimitCodec, RefusesAnEnforcementItDoesNotKnow) {
  window().setEnforcement(static_cast<wire::Enforcement>(4));
  EXPECT_EQ(refusal(), "limit.enforcement is not known");
}

TEST_F(LimitCodec, RefusesASoftLimitBeyondTheLargestAmountIfThereIsOne) {
  auto limit = window();
  limit.setSoftLimit(too_much);
  EXPECT_EQ(refusal(), "");
  limit.setHasSoftLimit(true);
  EXPECT_EQ(refusal(), "limit.softLimit is larger than 2^63-1");
}

TEST_F(LimitCodec, RefusesMoreThresholdsThanALimitMayHave) {
  window().initThresholds(thresholds_per_limit_max + 1);
  EXPECT_EQ(refusal(), "limit.thresholds are more than 8");
}

TEST_F(LimitCodec, RefusesANameThatIsNotUtf8) {
  // A lone surrogate, an overlong zero, a cut sequence, and what lies beyond Unicode.
  for (const char* const bytes : {"\xed\xa0\x80", "\xc0\x80", "\xe2\x82", "\xf4\x90\x80\x80"}) {
    window().setName(bytes);
    EXPECT_EQ(refusal(), "limit.name is not UTF-8");
  }
}

TEST_F(LimitCodec, RefusesANameThatHoldsAZeroByte) {
  window().setName(capnp::Text::Reader("a\0b", 3));
  EXPECT_EQ(refusal(), "limit.name holds a zero byte");
}

TEST_F(LimitCodec, RefusesANameThatIsTooLong) {
  window().setName(std::string(text_bytes_max, 'a'));
  EXPECT_EQ(refusal(), "");
  window().setName(std::string(text_bytes_max + 1, 'a'));
  EXPECT_EQ(refusal(), "limit.name is longer than 1024 bytes");
}

RC_GTEST_PROP(TenantCodec, BringsEveryTenantThrough, ()) {
  const TenantDefinition tenant = *codec_test::tenants();
  Message<wire::Tenant> message;
  encode_tenant(tenant, message.write());
  const auto back = decode_tenant(message.read());
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value() == tenant);
}

RC_GTEST_PROP(TenantCodec, BringsEveryDraftThrough, ()) {
  const TenantDefinition draft = *codec_test::drafts();
  Message<wire::TenantDraft> message;
  encode_draft(draft, message.write());
  const auto back = decode_draft(message.read());
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value() == draft);
}

RC_GTEST_PROP(TenantCodec, BringsEveryEditThrough, ()) {
  const auto maybe = [] {
    return *rc::gen::arbitrary<bool>() ? std::optional(*codec_test::filled_texts()) : std::nullopt;
  };
  EditTenant edit{maybe(), maybe(), maybe(), maybe(), std::nullopt};
  if (*rc::gen::arbitrary<bool>()) {
    edit.billing_anchor_day = AnchorDay{static_cast<std::uint8_t>(*rc::gen::inRange(1, 32))};
  }
  Message<wire::TenantDraft> message;
  encode_edit(edit, message.write());
  const auto back = decode_edit(message.read());
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value().name == edit.name);
  RC_ASSERT(back.value().slug == edit.slug);
  RC_ASSERT(back.value().tier == edit.tier);
  RC_ASSERT(back.value().timezone == edit.timezone);
  RC_ASSERT(back.value().billing_anchor_day == edit.billing_anchor_day);
}

TEST(TenantCodec, FillsInWhatADraftLeavesOut) {
  Message<wire::TenantDraft> message;
  message.write().setSlug("acme");
  const auto draft = decode_draft(message.read());
  ASSERT_TRUE(draft.ok());
  EXPECT_EQ(draft.value().id, TenantId{});
  EXPECT_EQ(draft.value().name, "acme");
  EXPECT_EQ(draft.value().tier, "none");
  EXPECT_EQ(draft.value().timezone, "UTC");
  EXPECT_EQ(draft.value().billing_anchor_day, AnchorDay{1});
}

TEST(TenantCodec, NamesTheFieldOfTheLimitThatIsWrong) {
  Message<wire::TenantDraft> message;
  auto limits = message.write().initLimits(3);
  limits[2].initRule().initRate().setBurst(too_much);
  EXPECT_EQ(refusal_of(decode_draft(message.read())),
            "draft.limits[2].rule.rate.burst is larger than 2^63-1");
}

TEST(TenantCodec, RefusesMoreLimitsThanATenantMayHave) {
  Message<wire::TenantDraft> message;
  message.write().initLimits(limits_per_tenant_max);
  EXPECT_EQ(refusal_of(decode_draft(message.read())), "");
  message.write().initLimits(limits_per_tenant_max + 1);
  EXPECT_EQ(refusal_of(decode_draft(message.read())), "draft.limits are more than 64");
}

TEST(TenantCodec, RefusesAnEditOfWhatCannotBeEdited) {
  Message<wire::TenantDraft> message;
  encode_id(TenantId{0, 1}, message.write().initId());
  EXPECT_EQ(refusal_of(decode_edit(message.read())), "edit.id cannot be changed");
  message.write().initLimits(1);
  EXPECT_EQ(refusal_of(decode_edit(message.read())),
            "edit.limits are changed by putLimit and removeLimit");
}

TEST(TenantCodec, FindsATenantByIdOrBySlug) {
  Message<wire::TenantRef> message;
  for (const TenantName& name : {TenantName{TenantId{7, 8}}, TenantName{std::string("acme")}}) {
    encode_ref(name, message.write());
    const auto back = decode_ref(message.read());
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back.value(), name);
  }
}

TEST(TenantCodec, RefusesAReferenceToNobody) {
  Message<wire::TenantRef> message;
  message.write();
  EXPECT_EQ(refusal_of(decode_ref(message.read())), "tenant.id is all zero");
  message.write().setSlug("");
  EXPECT_EQ(refusal_of(decode_ref(message.read())), "tenant.slug is empty");
}

RC_GTEST_PROP(PageCodec, BringsEveryQueryThrough, ()) {
  TenantQuery query{*codec_test::texts(), *codec_test::texts(), std::nullopt,
                    *rc::gen::inRange<std::size_t>(1, page_size_max + 1)};
  if (*rc::gen::arbitrary<bool>()) {
    query.after = *codec_test::ids();
  }
  Message<wire::Operator::ListTenantsParams> message;
  encode_query(query, message.write());
  const auto back = decode_query(message.read());
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value().tier == query.tier);
  RC_ASSERT(back.value().text == query.text);
  RC_ASSERT(back.value().after == query.after);
  RC_ASSERT(back.value().page_size == query.page_size);
}

TEST(PageCodec, RefusesAPageSizeThatIsNoneOrTooLarge) {
  Message<wire::Operator::ListTenantsParams> message;
  for (const std::size_t size : {std::size_t{0}, page_size_max + 1, std::size_t{1} << 40}) {
    encode_query(TenantQuery{"", "", std::nullopt, size}, message.write());
    EXPECT_EQ(refusal_of(decode_query(message.read())), "pageSize is not from 1 to 1000") << size;
  }
}

RC_GTEST_PROP(PageCodec, LeavesWhatFitsAndSaysThatThereIsMore, ()) {
  TenantPage page;
  page.tenants = *rc::gen::container<std::vector<TenantDefinition>>(
      *rc::gen::inRange<std::size_t>(1, 10), codec_test::tenants());
  const std::size_t all = page.tenants.size();
  const auto words_max = *rc::gen::inRange<std::uint64_t>(0, 2000);
  cut_page(page, words_max);
  Message<wire::TenantPage> message;
  encode_page(page, message.write());
  RC_ASSERT(page.tenants.size() >= 1u);
  RC_ASSERT(page.more == (page.tenants.size() < all));
  // The message's own few words are not the page's.
  RC_ASSERT(page.tenants.size() == 1u || message.read().totalSize().wordCount <= words_max + 4);
  const auto back = decode_page(message.read());
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value().tenants == page.tenants);
  RC_ASSERT(back.value().more == page.more);
}

}  // namespace
}  // namespace sluice
