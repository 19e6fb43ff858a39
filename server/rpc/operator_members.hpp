// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The methods of `TenantAdmin` about members and roles.
///
/// Role       Decode, ask the engine, encode; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  Owns nothing.
/// Units      As on the wire.
/// Errors     Faults are answers.
/// Cost       A commit, or a page of the store.
[[nodiscard]] kj::Promise<void> answer_add_member(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::AddMemberParams, wire::TenantAdmin::AddMemberResults>
        context);
[[nodiscard]] kj::Promise<void> answer_accept_invitation(
    Management& calls, capnp::CallContext<wire::TenantAdmin::AcceptInvitationParams,
                                          wire::TenantAdmin::AcceptInvitationResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_change_member(
    Management& calls, capnp::CallContext<wire::TenantAdmin::ChangeMemberParams,
                                          wire::TenantAdmin::ChangeMemberResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_remove_member(
    Management& calls, capnp::CallContext<wire::TenantAdmin::RemoveMemberParams,
                                          wire::TenantAdmin::RemoveMemberResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_transfer_ownership(
    Management& calls, capnp::CallContext<wire::TenantAdmin::TransferOwnershipParams,
                                          wire::TenantAdmin::TransferOwnershipResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_list_members(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ListMembersParams, wire::TenantAdmin::ListMembersResults>
        context);
[[nodiscard]] kj::Promise<void> answer_put_role(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::PutRoleParams, wire::TenantAdmin::PutRoleResults>
        context);
[[nodiscard]] kj::Promise<void> answer_remove_role(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::RemoveRoleParams, wire::TenantAdmin::RemoveRoleResults>
        context);
[[nodiscard]] kj::Promise<void> answer_list_roles(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ListRolesParams, wire::TenantAdmin::ListRolesResults>
        context);
[[nodiscard]] kj::Promise<void> answer_tenants_of(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::TenantsOfParams, wire::TenantAdmin::TenantsOfResults>
        context);

}  // namespace sluice
