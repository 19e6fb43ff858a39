// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The methods of `Operator` about what tenants share. The tenant that a call names is the one who
/// acts, and all that its credential has to cover: what the call names of another one's is as if it
/// were not there, and the attempt goes into the audit of whose it is.
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
    capnp::CallContext<wire::Operator::PutPolicyParams, wire::Operator::PutPolicyResults> context);
[[nodiscard]] kj::Promise<void> answer_remove_policy(
    Management& calls,
    capnp::CallContext<wire::Operator::RemovePolicyParams, wire::Operator::RemovePolicyResults>
        context);
[[nodiscard]] kj::Promise<void> answer_show_policy(
    Management& calls,
    capnp::CallContext<wire::Operator::ShowPolicyParams, wire::Operator::ShowPolicyResults>
        context);
[[nodiscard]] kj::Promise<void> answer_list_policies(
    Management& calls,
    capnp::CallContext<wire::Operator::ListPoliciesParams, wire::Operator::ListPoliciesResults>
        context);
[[nodiscard]] kj::Promise<void> answer_request_access(
    Management& calls,
    capnp::CallContext<wire::Operator::RequestAccessParams, wire::Operator::RequestAccessResults>
        context);
[[nodiscard]] kj::Promise<void> answer_approve_access(
    Management& calls,
    capnp::CallContext<wire::Operator::ApproveAccessParams, wire::Operator::ApproveAccessResults>
        context);
[[nodiscard]] kj::Promise<void> answer_reject_access(
    Management& calls,
    capnp::CallContext<wire::Operator::RejectAccessParams, wire::Operator::RejectAccessResults>
        context);
[[nodiscard]] kj::Promise<void> answer_withdraw_access(
    Management& calls,
    capnp::CallContext<wire::Operator::WithdrawAccessParams, wire::Operator::WithdrawAccessResults>
        context);
[[nodiscard]] kj::Promise<void> answer_revoke_access(
    Management& calls,
    capnp::CallContext<wire::Operator::RevokeAccessParams, wire::Operator::RevokeAccessResults>
        context);
[[nodiscard]] kj::Promise<void> answer_list_access(
    Management& calls,
    capnp::CallContext<wire::Operator::ListAccessParams, wire::Operator::ListAccessResults>
        context);

}  // namespace sluice
