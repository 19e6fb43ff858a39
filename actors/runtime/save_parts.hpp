// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/store.hpp"

namespace sluice {

/// A batch that is too much for one transaction, in parts that are saved one after the other.
///
/// Threading  Any.
/// Ownership  Takes the batch and gives its rows away.
/// Units      Rows, as `SaveBatch::rows` counts them.
/// Errors     None.
/// Cost       Moves each row once.

/// Into parts of about `rows_max` rows, wherever that cuts. Only the last one says how far the
/// store has everything; the others say what was true before, `through`.
///
/// A crash between two parts is mended by the journal, which has all of it. Where there is none it
/// leaves a tenant with what is told first: history, and the minute that goes on from it; then what
/// is remembered by an id, so that nothing that was done is done again; and at last counters,
/// together with the grants whose numbers they share, the events of the audit that tell of changes
/// to these, and what is forgotten: a reservation whose end they have counted must not be open any
/// more. Events and what is forgotten come before them where those alone are more than a part may
/// have.
[[nodiscard]] std::deque<SaveBatch> cut_by_rows(SaveBatch whole, std::size_t rows_max,
                                                Sequence through);

/// Into parts of about `rows_max` rows that have everything of their shards, and say so: for states
/// that no journal has, of which a part is worse than none.
[[nodiscard]] std::deque<SaveBatch> cut_by_shards(SaveBatch whole, std::size_t rows_max,
                                                  ShardCount shards);

}  // namespace sluice
