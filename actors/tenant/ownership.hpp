// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/strong.hpp"

namespace sluice {

/// Who may write. A shard has one owner at a time. Each time that shards are acquired the store
/// hands out the next epoch, and every commit names its epoch and is refused once a newer one
/// exists: so an owner that was away, and does not know that it was replaced, can write nothing.

/// Counts the acquisitions, from 1; 0 is "nobody's yet".
using Epoch = Strong<struct EpochTag, std::uint64_t>;

/// Counts what one reactor committed to its journal within one epoch, from 1; 0 is "nothing yet".
using Sequence = Strong<struct SequenceTag, std::uint64_t>;

/// A moment in the life of a shard. Within an epoch a shard belongs to one reactor, so these are
/// totally ordered.
struct Watermark {
  Epoch epoch;
  Sequence sequence;
  friend auto operator<=>(const Watermark&, const Watermark&) = default;
};

/// What tells a server from every other: a UUID that is kept beside its journal.
using ServerId = Strong<struct ServerIdTag, std::string>;

/// What may be taken from a server that did not give its shards back.
enum class TakeOver : std::uint8_t {
  never,    ///< Nothing: its journal may hold what the store does not.
  expired,  ///< Its shards once its lease has passed; what only its journal holds is given up.
};

/// By which clock something was decided: windows and arrival times that a simulated clock has
/// written would be nonsense to a real one, and the other way round.
enum class ClockKind : std::uint8_t { real, simulated };

[[nodiscard]] std::string_view to_string(ClockKind kind);
[[nodiscard]] std::optional<ClockKind> parse_clock_kind(std::string_view text);

/// A wish to own all shards.
struct Claim {
  ServerId server;
  std::string name;  ///< For people: where the server runs.
  std::chrono::milliseconds lease{};
  TakeOver take_over = TakeOver::never;
  ClockKind clock = ClockKind::real;
};

/// What a store remembers of whom it had as an owner.
struct OwnedBefore {
  std::optional<ClockKind> clock;  ///< Nothing: nobody's yet, or only a version's that kept none.
  Epoch epoch;                     ///< The latest one.
  ServerId server;                 ///< Whose that was.
};

/// `invalid_argument` if what is in the store was decided by the other kind of clock. What does not
/// say so was decided by the real one, unless it is this same server's, whose data directory knows.
[[nodiscard]] Result<Done> check_clock(const Claim& claim, const OwnedBefore& before);

/// The answer to a claim that was granted.
struct Ownership {
  Epoch epoch;
  /// For each shard up to where the store has everything that was committed to a journal.
  std::vector<Watermark> stored;
};

}  // namespace sluice
