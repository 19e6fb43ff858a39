// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "actors/runtime/tenant_table.hpp"
#include "actors/tenant/ownership.hpp"

namespace sluice {

/// Dirty tenants, each since the commit that first recorded it.
///
/// What is in front says up to which commit all others have left: that is the watermark of whoever
/// takes them away, and what the journal need not keep. After a failure the mark stands still until
/// everything that was here then has left.
///
/// Role       A queue, and the commits that its places stand for.
/// Threading  Confined to its host.
/// Ownership  Refers to tenants of one table, whose `dirty` and `next_dirty` are its own.
/// Units      A position counts places from the first ever.
/// Errors     None.
/// Cost       A few stores for each call.
class DirtyQueue {
public:
  using Position = std::uint64_t;

  explicit DirtyQueue(TenantTable& table) : table_(table) {}

  /// The tenant must not be here.
  void push(HostedTenant& hosted);
  /// Before all others: it was taken, and comes back.
  void put_back(HostedTenant& hosted);
  [[nodiscard]] HostedTenant& front();
  HostedTenant& pop();

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] Position begin() const noexcept { return popped_; }
  [[nodiscard]] Position end() const noexcept { return pushed_; }

  /// Everybody here was recorded by this commit or an earlier one.
  void committed(Sequence sequence);
  /// Nothing new is said of the mark until all that are here now have left.
  void hold_mark() noexcept { hold_until_ = pushed_; }
  /// Whoever was recorded first up to here has left; nothing while that cannot be said.
  [[nodiscard]] std::optional<Sequence> mark();

private:
  /// Those up to and without `position` were recorded by `sequence` or a later commit, those before
  /// this mark's predecessor earlier.
  struct Mark {
    Sequence sequence;
    Position position;
  };

  TenantTable& table_;
  PlaceIndex first_ = no_place;
  PlaceIndex last_ = no_place;
  std::size_t size_ = 0;
  Position pushed_ = 0;
  Position popped_ = 0;
  Position hold_until_ = 0;
  std::deque<Mark> marks_;
  Sequence committed_;
};

}  // namespace sluice
