// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "protocol/codec.hpp"
#include "tests/protocol/codec/message.hpp"

namespace sluice {
namespace {

AuditEvent event(std::uint64_t number) {
  AuditEvent made;
  made.number = number;
  made.what.tenant = {1, 2};
  made.what.at = WallTime{Duration{-5}};
  made.what.author = {"member", "Zoë", "token:zoe", "192.0.2.1:9"};
  made.what.action = AuditAction::override_put;
  made.what.subject = "requests";
  made.what.before = R"({"size":1})";
  made.what.after = R"({"size":2})";
  made.previous[0] = std::byte{1};
  made.hash[31] = std::byte{2};
  return made;
}

TEST(AuditCodec, BringsPagesOver) {
  const AuditPage page{{event(1), event(2)}, true};
  capnp::MallocMessageBuilder message;
  encode_audit_page(page, message.initRoot<wire::AuditPage>());
  const auto back = decode_audit_page(message.getRoot<wire::AuditPage>().asReader());
  ASSERT_TRUE(back.ok()) << back.fault().context;
  EXPECT_EQ(back.value(), page);
}

TEST(AuditCodec, BringsQueriesOverAndNamesWhatIsWrongInThem) {
  const AuditQuery query{.author = "Zoë",
                         .action = AuditAction::key_revoked,
                         .from = WallTime{Duration{1}},
                         .to = WallTime{Duration{2}},
                         .after = 7,
                         .page_size = 500};
  capnp::MallocMessageBuilder message;
  auto params = message.initRoot<wire::TenantAdmin::AuditTrailParams>();
  encode_audit_query(query, params);
  EXPECT_EQ(decode_audit_query(params.asReader()).value(), query);
  params.setPageSize(501);
  EXPECT_NE(decode_audit_query(params.asReader()).fault().context.find("pageSize"),
            std::string::npos);
  params.setPageSize(1);
  params.setAction("limit.burnt");
  EXPECT_NE(decode_audit_query(params.asReader()).fault().context.find("action"),
            std::string::npos);
}

TEST(AuditCodec, BringsWhatWasVerifiedOver) {
  AuditCheck check;
  check.anchor = {3, event(3).hash};
  check.through = {5, event(5).previous};
  check.broken = AuditBreak{6, "event 6 was edited"};
  capnp::MallocMessageBuilder message;
  encode_audit_check(check, message.initRoot<wire::AuditCheck>());
  const auto back = decode_audit_check(message.getRoot<wire::AuditCheck>().asReader()).value();
  EXPECT_EQ(back.anchor, check.anchor);
  EXPECT_EQ(back.through, check.through);
  EXPECT_EQ(back.broken, check.broken);
}

TEST(AuditCodec, RefusesAHashThatIsNone) {
  capnp::MallocMessageBuilder message;
  auto page = message.initRoot<wire::AuditPage>();
  encode_audit_page({{event(1)}, false}, page);
  page.getEvents()[0].initHash(31);
  EXPECT_NE(decode_audit_page(page.asReader()).fault().context.find("hash"), std::string::npos);
}

TEST(AuditCodec, CutsAPageThatIsTooLarge) {
  AuditPage page{{event(1), event(2), event(3)}, false};
  cut_audit_page(page, 1);
  EXPECT_EQ(page.events.size(), 1U);
  EXPECT_TRUE(page.more);
}

}  // namespace
}  // namespace sluice
