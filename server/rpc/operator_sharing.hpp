// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The methods of `TenantAdmin` about what tenants share. The tenant that a call names is the one
/// who acts, and all that its credential has to cover: what the call names of another one's is as
/// if it were not there, and the attempt goes into the audit of whose it is.
///
/// Role       Decode, ask the engine, encode; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  Keeps nothing.
/// Units      As on the wire.
/// Errors     Faults are answers.
/// Cost       Of a change a commit, and a message to every reactor that it concerns. Policies are
///            told from memory, requests from the store.
[[nodiscard]] kj::Promise<void> answer_put_policy(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::PutPolicyParams, wire::TenantAdmin::PutPolicyResults>
        context);
[[nodiscard]] kj::Promise<void> answer_remove_policy(
    Management& calls, capnp::CallContext<wire::TenantAdmin::RemovePolicyParams,
                                          wire::TenantAdmin::RemovePolicyResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_show_policy(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ShowPolicyParams, wire::TenantAdmin::ShowPolicyResults>
        context);
[[nodiscard]] kj::Promise<void> answer_list_policies(
    Management& calls, capnp::CallContext<wire::TenantAdmin::ListPoliciesParams,
                                          wire::TenantAdmin::ListPoliciesResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_request_access(
    Management& calls, capnp::CallContext<wire::TenantAdmin::RequestAccessParams,
                                          wire::TenantAdmin::RequestAccessResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_approve_access(
    Management& calls, capnp::CallContext<wire::TenantAdmin::ApproveAccessParams,
                                          wire::TenantAdmin::ApproveAccessResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_reject_access(
    Management& calls, capnp::CallContext<wire::TenantAdmin::RejectAccessParams,
                                          wire::TenantAdmin::RejectAccessResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_withdraw_access(
    Management& calls, capnp::CallContext<wire::TenantAdmin::WithdrawAccessParams,
                                          wire::TenantAdmin::WithdrawAccessResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_revoke_access(
    Management& calls, capnp::CallContext<wire::TenantAdmin::RevokeAccessParams,
                                          wire::TenantAdmin::RevokeAccessResults>
                           context);
[[nodiscard]] kj::Promise<void> answer_list_access(
    Management& calls,
    capnp::CallContext<wire::TenantAdmin::ListAccessParams, wire::TenantAdmin::ListAccessResults>
        context);

}  // namespace sluice
