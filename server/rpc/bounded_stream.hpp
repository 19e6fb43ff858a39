// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <capnp/serialize-async.h>
#include <kj/memory.h>

#include <cstddef>

namespace sluice {

/// Calls that a peer may have asked and not yet finished with.
inline constexpr std::size_t open_questions_max = 16'384;

/// Lets messages through, and ends the connection of a peer whose questions the RPC system would
/// have to remember without end: it keeps an entry for each until the peer says that it is finished
/// with the answer, and a whole answer where the peer wants it kept for itself.
///
/// Threading  Confined to its reactor.
/// Ownership  Owns the stream that it guards.
/// Errors     Reading fails with a reason that names the bound.
/// Cost       A look at the head of each message.
[[nodiscard]] kj::Own<capnp::MessageStream> make_bounded_stream(
    kj::Own<capnp::MessageStream> stream);

}  // namespace sluice
