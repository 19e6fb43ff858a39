// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The methods of `Operator` about API keys.
///
/// Role       Decode, make the secret, ask the engine, encode; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  Keeps nothing of a key's text.
/// Units      As on the wire.
/// Errors     Faults are answers.
/// Cost       A commit, or a walk over all keys.
[[nodiscard]] kj::Promise<void> answer_create_key(
    Management& calls,
    capnp::CallContext<wire::Operator::CreateKeyParams, wire::Operator::CreateKeyResults> context);
[[nodiscard]] kj::Promise<void> answer_revoke_key(
    Management& calls,
    capnp::CallContext<wire::Operator::RevokeKeyParams, wire::Operator::RevokeKeyResults> context);
[[nodiscard]] kj::Promise<void> answer_list_keys(
    Management& calls,
    capnp::CallContext<wire::Operator::ListKeysParams, wire::Operator::ListKeysResults> context);

}  // namespace sluice
