// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

namespace sluice {

static_assert(encode_enum<wire::MemberStatus>(MemberStatus::suspended) ==
              wire::MemberStatus::SUSPENDED);

namespace {

constexpr std::size_t permissions_bytes_max = 1'000;

/// Rows of a list, each decoded by `decode`.
template <class T, class List, class Decode>
Result<std::vector<T>> decode_rows(List in, Decode decode) {
  std::vector<T> rows;
  rows.reserve(in.size());
  for (const auto item : in) {
    auto row = decode(item);
    if (!row.ok()) {
      return row.fault();
    }
    rows.push_back(std::move(row).value());
  }
  return rows;
}

}  // namespace

Result<Member> decode_member(wire::Member::Reader in) {
  FieldReader fields("member");
  Member member;
  member.user_id = fields.text(in.getUserId(), "userId");
  member.email = fields.text(in.getEmail(), "email");
  member.role = fields.text(in.getRole(), "role");
  member.status = fields.enumerant(in.getStatus(), MemberStatus::suspended, "status");
  member.invited_at = decode_time(in.getInvitedAtNs());
  if (in.getHasJoined()) {
    member.joined_at = decode_time(in.getJoinedAtNs());
  }
  return fields.finish(std::move(member));
}

void encode_member(const Member& member, wire::Member::Builder out) {
  out.setUserId(member.user_id);
  out.setEmail(member.email);
  out.setRole(member.role);
  out.setStatus(encode_enum<wire::MemberStatus>(member.status));
  out.setInvitedAtNs(encode_time(member.invited_at));
  out.setHasJoined(member.joined_at.has_value());
  out.setJoinedAtNs(member.joined_at ? encode_time(*member.joined_at) : 0);
}

Result<MemberEvent> decode_new_member(wire::TenantAdmin::AddMemberParams::Reader in) {
  FieldReader fields("");
  AddMember add;
  add.user_id = fields.text(in.getUserId(), "userId");
  add.email = fields.text(in.getEmail(), "email");
  add.role = fields.text(in.getRole(), "role");
  add.invite = in.getInvite();
  return fields.finish(MemberEvent{std::move(add)});
}

Result<MemberEvent> decode_member_change(wire::TenantAdmin::ChangeMemberParams::Reader in) {
  FieldReader fields("");
  std::string user = fields.text(in.getUserId(), "userId");
  const auto change = in.getChange();
  if (change.isRole()) {
    std::string role = fields.text(change.getRole(), "change.role");
    return fields.finish(MemberEvent{ChangeRole{std::move(user), std::move(role)}});
  }
  if (change.isSuspend()) {
    return fields.finish(MemberEvent{SuspendMember{std::move(user)}});
  }
  fields.require(change.isReactivate(), "change", "is of a kind that is not known");
  return fields.finish(MemberEvent{ReactivateMember{std::move(user)}});
}

Result<MemberQuery> decode_member_query(wire::TenantAdmin::ListMembersParams::Reader in) {
  FieldReader fields("");
  MemberQuery query;
  query.after = fields.text(in.getAfter(), "after");
  query.page_size = in.getPageSize();
  query.text = fields.text(in.getText(), "text");
  if (in.getHasStatus()) {
    query.status = fields.enumerant(in.getStatus(), MemberStatus::suspended, "status");
  }
  return fields.finish(std::move(query));
}

void encode_member_query(const MemberQuery& query,
                         wire::TenantAdmin::ListMembersParams::Builder out) {
  out.setAfter(query.after);
  out.setPageSize(static_cast<std::uint32_t>(query.page_size));
  out.setText(query.text);
  out.setHasStatus(query.status.has_value());
  out.setStatus(encode_enum<wire::MemberStatus>(query.status.value_or(MemberStatus::invited)));
}

Result<MemberPage> decode_member_page(wire::MemberPage::Reader in) {
  auto members = decode_rows<Member>(in.getMembers(), decode_member);
  return members.ok() ? Result(MemberPage{std::move(members).value(), in.getMore()})
                      : Result<MemberPage>(members.fault());
}

void encode_member_page(const MemberPage& page, wire::MemberPage::Builder out) {
  auto members = out.initMembers(static_cast<unsigned>(page.members.size()));
  for (unsigned i = 0; i < members.size(); ++i) {
    encode_member(page.members[i], members[i]);
  }
  out.setMore(page.more);
}

Result<CustomRole> decode_role(wire::Role::Reader in) {
  FieldReader fields("role");
  CustomRole role;
  role.name = fields.text(in.getName(), "name");
  role.members = in.getMembers();
  const std::string named = fields.part(
      decode_text(in.getPermissions(), fields.path_of("permissions"), permissions_bytes_max));
  const auto permissions = parse_permissions(named);
  if (fields.require(permissions.ok(), "permissions",
                     permissions.ok() ? "" : "hold " + permissions.fault().context)) {
    role.permissions = permissions.value();
  }
  return fields.finish(std::move(role));
}

void encode_role(const CustomRole& role, wire::Role::Builder out) {
  out.setName(role.name);
  out.setPermissions(to_string(role.permissions));
  out.setMembers(role.members);
}

Result<std::vector<CustomRole>> decode_roles(wire::Roles::Reader in) {
  return decode_rows<CustomRole>(in.getRoles(), decode_role);
}

void encode_roles(const std::vector<CustomRole>& of, wire::Roles::Builder out) {
  auto list = out.initRoles(static_cast<unsigned>(of.size()));
  for (unsigned i = 0; i < list.size(); ++i) {
    encode_role(of[i], list[i]);
  }
}

Result<TenantsOfQuery> decode_tenants_of_query(wire::TenantAdmin::TenantsOfParams::Reader in) {
  FieldReader fields("");
  TenantsOfQuery query;
  query.user_id = fields.text(in.getUserId(), "userId");
  if (const TenantId after = decode_id(in.getAfter()); after != TenantId{}) {
    query.after = after;
  }
  query.page_size = in.getPageSize();
  return fields.finish(std::move(query));
}

Result<TenantsOfPage> decode_tenants_of(wire::TenantsOfPage::Reader in) {
  auto rows = decode_rows<TenantOf>(in.getTenants(), [](auto item) -> Result<TenantOf> {
    FieldReader fields("tenants");
    TenantOf of{decode_id(item.getTenant()), fields.text(item.getSlug(), "slug"),
                fields.text(item.getName(), "name"), fields.part(decode_member(item.getMember()))};
    return fields.finish(std::move(of));
  });
  return rows.ok() ? Result(TenantsOfPage{std::move(rows).value(), in.getMore()})
                   : Result<TenantsOfPage>(rows.fault());
}

void encode_tenants_of(const TenantsOfPage& page, wire::TenantsOfPage::Builder out) {
  auto tenants = out.initTenants(static_cast<unsigned>(page.tenants.size()));
  for (unsigned i = 0; i < tenants.size(); ++i) {
    encode_id(page.tenants[i].tenant, tenants[i].initTenant());
    tenants[i].setSlug(page.tenants[i].slug);
    tenants[i].setName(page.tenants[i].name);
    encode_member(page.tenants[i].member, tenants[i].initMember());
  }
  out.setMore(page.more);
}

Result<std::optional<Member>> decode_owner(wire::TenantDraft::Reader in) {
  FieldReader fields("draft");
  Member owner;
  owner.user_id = fields.text(in.getOwnerUserId(), "ownerUserId");
  owner.email = fields.text(in.getOwnerEmail(), "ownerEmail");
  fields.require(!owner.user_id.empty() || owner.email.empty(), "ownerEmail",
                 "is given without ownerUserId");
  return fields.finish(owner.user_id.empty() ? std::nullopt : std::optional{std::move(owner)});
}

void encode_owner(const Member& owner, wire::TenantDraft::Builder out) {
  out.setOwnerUserId(owner.user_id);
  out.setOwnerEmail(owner.email);
}

}  // namespace sluice
