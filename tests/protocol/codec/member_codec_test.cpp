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

rc::Gen<Member> members() {
  return rc::gen::exec([] {
    Member member{*codec_test::texts(), *codec_test::texts(), *codec_test::texts()};
    member.status = *codec_test::enums(MemberStatus::suspended);
    member.invited_at = *codec_test::times();
    member.joined_at = codec_test::maybe_time();
    return member;
  });
}

RC_GTEST_PROP(MemberCodec, BringsMembersThroughOneByOneAndInPages, ()) {
  const MemberPage page{{*members(), *members()}, *rc::gen::arbitrary<bool>()};
  Message<wire::MemberPage> message;
  encode_member_page(page, message.write());
  const auto back = decode_member_page(message.read());
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value().members == page.members);
  RC_ASSERT(back.value().more == page.more);

  const TenantsOfPage tenants{{{TenantId{1, 2}, "acme", "Acme", page.members[0]}}, page.more};
  Message<wire::TenantsOfPage> other;
  encode_tenants_of(tenants, other.write());
  RC_ASSERT(decode_tenants_of(other.read()).value().tenants == tenants.tenants);
}

TEST(MemberCodec, BringsRolesThrough) {
  const std::vector<CustomRole> custom{
      {"auditor", {Permission::audit_read, Permission::usage_read}, 7}, {"none", {}, 0}};
  Message<wire::Roles> message;
  encode_roles(custom, message.write());
  EXPECT_EQ(decode_roles(message.read()).value(), custom);
}

TEST(MemberCodec, RefusesPermissionsThatThereAreNot) {
  Message<wire::Role> message;
  message.write().setPermissions("tenant:fly");
  EXPECT_NE(refusal_of(decode_role(message.read())).find("role.permissions"), std::string::npos);
}

TEST(MemberCodec, BringsQueriesThrough) {
  const MemberQuery query{
      .tenant = {}, .after = "ann", .page_size = 7, .text = "b", .status = MemberStatus::invited};
  Message<wire::TenantAdmin::ListMembersParams> message;
  encode_member_query(query, message.write());
  const MemberQuery back = decode_member_query(message.read()).value();
  EXPECT_EQ(back.after, query.after);
  EXPECT_EQ(back.page_size, query.page_size);
  EXPECT_EQ(back.text, query.text);
  EXPECT_EQ(back.status, query.status);
}

TEST(MemberCodec, ReadsWhatIsToHappenToAMember) {
  Message<wire::TenantAdmin::ChangeMemberParams> message;
  message.write().setUserId("ann");
  message.edit().initChange().setRole("viewer");
  EXPECT_EQ(std::get<ChangeRole>(decode_member_change(message.read()).value()).role, "viewer");
  message.edit().initChange().setSuspend();
  EXPECT_EQ(std::get<SuspendMember>(decode_member_change(message.read()).value()).user_id, "ann");
  message.edit().initChange().setReactivate();
  EXPECT_EQ(std::get<ReactivateMember>(decode_member_change(message.read()).value()).user_id,
            "ann");
  message.edit().setUserId("\xff");
  EXPECT_EQ(refusal_of(decode_member_change(message.read())), "userId is not UTF-8");
}

TEST(MemberCodec, ADraftNamesItsOwnerOrNobody) {
  Message<wire::TenantDraft> message;
  message.write();
  EXPECT_EQ(decode_owner(message.read()).value(), std::nullopt);
  encode_owner(Member{"ann", "ann@acme.example"}, message.edit());
  EXPECT_EQ(decode_owner(message.read()).value(), (Member{"ann", "ann@acme.example"}));
  EXPECT_NE(refusal_of(decode_edit(message.read())), "");
  message.edit().setOwnerUserId("");
  EXPECT_NE(refusal_of(decode_owner(message.read())), "");
}

}  // namespace
}  // namespace sluice
