// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "actors/tenant/ownership.hpp"
#include "storage/journal/background.hpp"
#include "storage/journal/segment_supply.hpp"

namespace sluice {

/// Brings what a journal committed to the disk, many commits at a time.
///
/// Role       One sync is under way at a time; the next one covers everything that was committed
///            meanwhile. After a sync that failed nobody knows what the disk has, and the operating
///            system may not tell again: so `durable` stands still from then on, and the journal
///            refuses all further commits until the server starts anew and replays what there is.
/// Threading  `committed` is confined; `durable` and the figures are for any thread. `on_change` is
///            called on the background's thread, never after the destructor, which waits for a call
///            that is under way; so it must not wait for the destructor's thread.
/// Ownership  Shares its state with its jobs, and the segments that are not yet synced.
/// Units      Sequences.
/// Errors     `failed`.
/// Cost       `committed` is a lock, and a post if no sync is under way.
class GroupSync {
public:
  GroupSync(Background& background, std::function<void()> on_change);
  ~GroupSync();
  GroupSync(const GroupSync&) = delete;
  GroupSync& operator=(const GroupSync&) = delete;

  /// Everything up to `sequence` is written, the last of it to `segment`.
  void committed(const std::shared_ptr<OpenSegment>& segment, Sequence sequence);

  [[nodiscard]] Sequence durable() const noexcept;
  [[nodiscard]] bool failed() const noexcept;
  [[nodiscard]] std::uint64_t syncs() const noexcept;
  [[nodiscard]] std::chrono::nanoseconds last_sync() const noexcept;

private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sluice
