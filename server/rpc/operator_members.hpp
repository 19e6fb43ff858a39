// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The methods of `Operator` about members and roles.
///
/// Role       Decode, ask the engine, encode; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  Owns nothing.
/// Units      As on the wire.
/// Errors     Faults are answers.
/// Cost       A commit, or a page of the store.
[[nodiscard]] kj::Promise<void> answer_add_member(
    Management& calls,
    capnp::CallContext<wire::Operator::AddMemberParams, wire::Operator::AddMemberResults> context);
[[nodiscard]] kj::Promise<void> answer_accept_invitation(
    Management& calls, capnp::CallContext<wire::Operator::AcceptInvitationParams,
                                          wire::Operator::AcceptInvitationResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_change_member(
    Management& calls,
    capnp::CallContext<wire::Operator::ChangeMemberParams, wire::Operator::ChangeMemberResults>
        context);
[[nodiscard]] kj::Promise<void> answer_remove_member(
    Management& calls,
    capnp::CallContext<wire::Operator::RemoveMemberParams, wire::Operator::RemoveMemberResults>
        context);
[[nodiscard]] kj::Promise<void> answer_transfer_ownership(
    Management& calls, capnp::CallContext<wire::Operator::TransferOwnershipParams,
                                          wire::Operator::TransferOwnershipResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_list_members(
    Management& calls,
    capnp::CallContext<wire::Operator::ListMembersParams, wire::Operator::ListMembersResults>
        context);
[[nodiscard]] kj::Promise<void> answer_put_role(
    Management& calls,
    capnp::CallContext<wire::Operator::PutRoleParams, wire::Operator::PutRoleResults> context);
[[nodiscard]] kj::Promise<void> answer_remove_role(
    Management& calls,
    capnp::CallContext<wire::Operator::RemoveRoleParams, wire::Operator::RemoveRoleResults>
        context);
[[nodiscard]] kj::Promise<void> answer_list_roles(
    Management& calls,
    capnp::CallContext<wire::Operator::ListRolesParams, wire::Operator::ListRolesResults> context);
[[nodiscard]] kj::Promise<void> answer_tenants_of(
    Management& calls,
    capnp::CallContext<wire::Operator::TenantsOfParams, wire::Operator::TenantsOfResults> context);

}  // namespace sluice
