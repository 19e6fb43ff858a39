// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The method of `Operator` that tells how the server is.
///
/// Role       Asks every reactor, and encodes; called within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  Owns nothing.
/// Units      As on the wire.
/// Errors     Throws when the engine does not answer.
/// Cost       A message to each reactor.
[[nodiscard]] kj::Promise<void> answer_status(
    Management& calls,
    capnp::CallContext<wire::Operator::StatusParams, wire::Operator::StatusResults> context);

}  // namespace sluice
