// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The methods of `Operator` that change credit, and answer with the limit as it is afterwards.
///
/// Role       Decode, let the tenant decide like on any check, ask for its usage, encode; called
///            within `Management::run`.
/// Threading  Confined to the reactor of `calls`, which must outlive the promise.
/// Ownership  A change that is being decided owns itself, whatever becomes of its connection.
/// Units      As on the wire.
/// Errors     Faults are answers. Throws for a call whose encoding is broken.
/// Cost       A check, and a reading of the tenant's usage before and after it.
[[nodiscard]] kj::Promise<void> answer_give_credit(
    Management& calls,
    capnp::CallContext<wire::Operator::GiveCreditParams, wire::Operator::GiveCreditResults>
        context);
[[nodiscard]] kj::Promise<void> answer_void_credit(
    Management& calls,
    capnp::CallContext<wire::Operator::VoidCreditParams, wire::Operator::VoidCreditResults>
        context);
[[nodiscard]] kj::Promise<void> answer_reset_credit(
    Management& calls,
    capnp::CallContext<wire::Operator::ResetCreditParams, wire::Operator::ResetCreditResults>
        context);

}  // namespace sluice
