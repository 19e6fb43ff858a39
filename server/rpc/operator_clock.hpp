// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include "protocol/sluice.capnp.h"
#include "server/rpc/management.hpp"

namespace sluice {

/// The methods of `Operator` that move a simulated clock.
///
/// Role       Called within `Management::run`.
/// Threading  Confined to the reactor of `calls`.
/// Ownership  Owns nothing.
/// Units      Nanoseconds.
/// Errors     A fault of the answer: `invalid_argument` on real time.
/// Cost       A few atomics.
[[nodiscard]] kj::Promise<void> answer_advance_clock(
    Management& calls,
    capnp::CallContext<wire::Operator::AdvanceClockParams, wire::Operator::AdvanceClockResults>
        context);
[[nodiscard]] kj::Promise<void> answer_set_wall_clock(
    Management& calls,
    capnp::CallContext<wire::Operator::SetWallClockParams, wire::Operator::SetWallClockResults>
        context);

}  // namespace sluice
