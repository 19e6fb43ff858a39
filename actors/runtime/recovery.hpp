// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "actors/runtime/recovered.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/journal.hpp"
#include "actors/tenant/observer.hpp"
#include "actors/tenant/ownership.hpp"

namespace sluice {

/// What one reactor starts with.
struct RecoveredReactor {
  std::unique_ptr<Journal> journal;
  Recovered recovered;
};

/// How the shards lie on the reactors of this run.
struct ReactorLayout {
  ShardCount shards;
  std::function<std::uint16_t(ShardId)> reactor_of;
  std::uint16_t reactors;
  /// Called on any thread when a reactor's journal became more durable.
  std::function<void(std::uint16_t)> on_durable;
};

/// Brings back what earlier runs acknowledged and the store may not have. What journals hold beyond
/// the store's watermarks is replayed, sorted by the reactors of this run (which may be more or
/// fewer than before) and written to their new journals; only then are the old files removed. So a
/// crash at any moment of a start finds everything again, and after a start there is one epoch to
/// read.
///
/// Threading  One thread, before the reactors start.
/// Errors     Those of `Journals`.
/// Cost       Memory for each tenant whose state is not in the store.
[[nodiscard]] Result<std::vector<RecoveredReactor>> recover(Journals& journals,
                                                            const Ownership& ownership,
                                                            const ReactorLayout& layout,
                                                            Observer& observer);

}  // namespace sluice
