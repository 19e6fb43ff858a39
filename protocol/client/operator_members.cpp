// SPDX-License-Identifier: Apache-2.0
// The part of the operator's client that is about members and roles.
#include <string>
#include <utility>

#include "protocol/client/operator_client_impl.hpp"

namespace sluice::client {

namespace {

constexpr auto member_of = [](auto& response) {
  return take<Member>(response.getAnswer(), [](auto member) { return decode_member(member); });
};
constexpr auto roles_of = [](auto& response) {
  return take<std::vector<CustomRole>>(response.getAnswer(),
                                       [](auto all) { return decode_roles(all); });
};

}  // namespace

Result<TenantDefinition> OperatorClient::create(const TenantDefinition& draft,
                                                const Member& owner) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.createTenantRequest();
        encode_draft(draft, request.initDraft());
        encode_owner(owner, request.getDraft());
        return request;
      },
      tenant_of);
}

Result<Member> OperatorClient::change_member(const TenantRef& tenant, const MemberEvent& event) {
  const auto ask = [&](auto make, auto fill) {
    return impl_->ask(
        Effect::change,
        [&](Session& session) {
          auto request = make(session.admin);
          encode_ref(tenant, request.initTenant());
          fill(request);
          return request;
        },
        member_of);
  };
  const auto change = [&](const std::string& user, auto fill) {
    return ask([](auto& admin) { return admin.changeMemberRequest(); },
               [&](auto& request) {
                 request.setUserId(user);
                 fill(request.initChange());
               });
  };
  if (const auto* const add = std::get_if<AddMember>(&event)) {
    return ask([](auto& admin) { return admin.addMemberRequest(); },
               [&](auto& request) {
                 request.setUserId(add->user_id);
                 request.setEmail(add->email);
                 request.setRole(add->role);
                 request.setInvite(add->invite);
               });
  }
  if (const auto* const accept = std::get_if<AcceptInvitation>(&event)) {
    return ask([](auto& admin) { return admin.acceptInvitationRequest(); },
               [&](auto& request) { request.setUserId(accept->user_id); });
  }
  if (const auto* const wish = std::get_if<ChangeRole>(&event)) {
    return change(wish->user_id, [&](auto out) { out.setRole(wish->role); });
  }
  if (const auto* const suspend = std::get_if<SuspendMember>(&event)) {
    return change(suspend->user_id, [](auto out) { out.setSuspend(); });
  }
  if (const auto* const reactivate = std::get_if<ReactivateMember>(&event)) {
    return change(reactivate->user_id, [](auto out) { out.setReactivate(); });
  }
  if (const auto* const remove = std::get_if<RemoveMember>(&event)) {
    return ask([](auto& admin) { return admin.removeMemberRequest(); },
               [&](auto& request) { request.setUserId(remove->user_id); });
  }
  if (const auto* const transfer = std::get_if<TransferOwnership>(&event)) {
    return ask([](auto& admin) { return admin.transferOwnershipRequest(); },
               [&](auto& request) {
                 request.setFrom(transfer->from);
                 request.setTo(transfer->to);
               });
  }
  return Fault{FaultCode::invalid_argument, "event: is about a role, not about a member"};
}

Result<MemberPage> OperatorClient::members(const TenantRef& tenant, const MemberQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.listMembersRequest();
        encode_member_query(query, request);
        encode_ref(tenant, request.initTenant());
        return request;
      },
      [](auto& response) {
        return take<MemberPage>(response.getAnswer(),
                                [](auto page) { return decode_member_page(page); });
      });
}

Result<TenantsOfPage> OperatorClient::tenants_of(const TenantsOfQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.tenantsOfRequest();
        request.setUserId(query.user_id);
        encode_id(query.after.value_or(TenantId{}), request.initAfter());
        request.setPageSize(static_cast<std::uint32_t>(query.page_size));
        return request;
      },
      [](auto& response) {
        return take<TenantsOfPage>(response.getAnswer(),
                                   [](auto page) { return decode_tenants_of(page); });
      });
}

Result<std::vector<CustomRole>> OperatorClient::put_role(const TenantRef& tenant,
                                                         const CustomRole& role) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.admin.putRoleRequest();
        encode_ref(tenant, request.initTenant());
        encode_role(role, request.initRole());
        return request;
      },
      roles_of);
}

Result<std::vector<CustomRole>> OperatorClient::remove_role(const TenantRef& tenant,
                                                            std::string_view name) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.admin.removeRoleRequest();
        encode_ref(tenant, request.initTenant());
        request.setName(std::string{name});
        return request;
      },
      roles_of);
}

Result<std::vector<CustomRole>> OperatorClient::roles(const TenantRef& tenant) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.listRolesRequest();
        encode_ref(tenant, request.initTenant());
        return request;
      },
      roles_of);
}

}  // namespace sluice::client
