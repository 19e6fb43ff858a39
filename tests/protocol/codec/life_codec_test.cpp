// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <variant>

#include "protocol/codec.hpp"
#include "tests/protocol/codec/generators.hpp"
#include "tests/protocol/codec/message.hpp"

namespace sluice {
namespace {

using codec_test::Message;
using codec_test::refusal_of;

TEST(LifeCodec, BringsEveryEventThrough) {
  for (const LifeEvent& event :
       {LifeEvent{Convert{}}, LifeEvent{Suspend{"unpaid"}}, LifeEvent{Reactivate{}},
        LifeEvent{Deactivate{}}, LifeEvent{Restore{}}}) {
    Message<wire::LifeEvent> message;
    encode_life_event(event, message.write());
    const auto back = decode_life_event(message.read());
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back.value().index(), event.index());
    if (const auto* suspend = std::get_if<Suspend>(&back.value())) {
      EXPECT_EQ(suspend->reason, "unpaid");
    }
  }
}

TEST(LifeCodec, RefusesAReasonThatIsNoText) {
  Message<wire::LifeEvent> message;
  message.write().setSuspend("\xff");
  EXPECT_EQ(refusal_of(decode_life_event(message.read())), "event.suspend is not UTF-8");
}

TEST(LifeCodec, ATenantOfAServerThatKnowsNothingOfItIsActive) {
  Message<wire::Tenant> message;
  message.write();
  EXPECT_EQ(decode_tenant(message.read()).value().life, Lifecycle{});
}

TEST(LifeCodec, AnEditMayTakeAwayTheRegionAndWhatIsKnownForBills) {
  const EditTenant edit{
      .region = "", .company = "", .email = "a@b", .tax_id = "", .settings = "{}"};
  Message<wire::TenantDraft> message;
  encode_edit(edit, message.write());
  EXPECT_EQ(decode_edit(message.read()).value(), edit);
}

TEST(LifeCodec, ATrialIsGivenOnlyToANewTenant) {
  Message<wire::TenantDraft> message;
  message.write().setTrialDays(7);
  EXPECT_EQ(refusal_of(decode_edit(message.read())),
            "edit.trialDays can be given only to a new tenant");
}

TEST(LifeCodec, ADraftIsPaidInDollarsUnlessItSaysOtherwise) {
  Message<wire::TenantDraft> message;
  message.write().setSlug("acme");
  EXPECT_EQ(decode_draft(message.read()).value().currency, "USD");
}

RC_GTEST_PROP(LifeCodec, BringsEveryFilterOfAListThrough, ()) {
  TenantQuery query;
  query.region = *codec_test::texts();
  if (*rc::gen::arbitrary<bool>()) {
    query.status = *codec_test::enums(TenantStatus::deactivated);
  }
  Message<wire::Operator::ListTenantsParams> message;
  encode_query(query, message.write());
  const auto back = decode_query(message.read());
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value().region == query.region);
  RC_ASSERT(back.value().status == query.status);
}

TEST(LifeCodec, RefusesAStatusThatIsNotKnown) {
  Message<wire::Operator::ListTenantsParams> message;
  auto params = message.write();
  params.setHasStatus(true);
  params.setStatus(static_cast<wire::TenantStatus>(4));
  EXPECT_EQ(refusal_of(decode_query(message.read())), "status is not known");
}

}  // namespace
}  // namespace sluice
