// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "actors/tenant/ids.hpp"
#include "protocol/client/readers.hpp"
#include "protocol/client/slice.hpp"

namespace sluice::client {

/// The slices of the tenants' meters that are asked about again and again.
///
/// A pair of tenant and meter has a place only once it was asked about twice within the time of a
/// lease, so that those who ask once leave the places to others; and it loses the place once nobody
/// asked about it for some rounds.
///
/// Role       Finds slices by tenant and meter, and knows which are worth one.
/// Threading  `find` from any thread, within a `Reading` for as long as the slice is used. What
///            goes on in rounds, from one thread. `find` takes a lock only for a new place.
/// Ownership  Owns the slices. One that is retired lives until its readers have left.
/// Units      As in `Slice`.
/// Errors     None.
/// Cost       `find` is a hash and a look at a few pointers. 24 bytes for each place, some 200 for
///            each slice.
class SliceTable {
public:
  using Reading = Readers::Reading;

  /// `places` is the most slices at once, retired ones with readers among them.
  SliceTable(std::size_t places, const SliceBounds& bounds);
  ~SliceTable();
  SliceTable(const SliceTable&) = delete;
  SliceTable& operator=(const SliceTable&) = delete;

  [[nodiscard]] Reading read() { return Reading{readers_}; }
  /// Null if the pair has no place, and does not get one now.
  [[nodiscard]] Slice* find(TenantId tenant, MeterId meter, Slice::Now now);

  /// Calls `visit` with each slice; one of which it says that it is over is retired: nobody finds
  /// it any more, and it must stay busy.
  template <class Visit>
  void each_round(Visit&& visit) {
    std::size_t at = 0;
    while (Slice* const slice = slice_at(at)) {
      if (visit(*slice)) {
        retire(at);
      } else {
        ++at;
      }
    }
    free_retired();
  }
  template <class Visit>
  void each(Visit&& visit) const {
    const std::scoped_lock lock{mutex_};
    for (const auto& place : slices_) {
      visit(place->slice);
    }
  }

private:
  struct Place {
    Place(TenantId tenant, MeterId meter, const SliceBounds& bounds)
        : slice(tenant, meter, bounds) {}
    Slice slice;
    std::atomic<Place*> next{nullptr};  ///< With the same hash.
  };
  using Link = std::atomic<Place*>;

  [[nodiscard]] static std::uint64_t hash_of(TenantId tenant, MeterId meter) noexcept;
  [[nodiscard]] Link& link_of(std::uint64_t hash) noexcept {
    return table_[hash & (table_.size() - 1)];
  }
  [[nodiscard]] static Slice* find_in(const Link& link, TenantId tenant, MeterId meter) noexcept;
  [[nodiscard]] bool comes_again(std::uint64_t hash, Slice::Now now) noexcept;
  [[nodiscard]] Slice* make(std::uint64_t hash, TenantId tenant, MeterId meter);
  [[nodiscard]] Slice* slice_at(std::size_t at) const;
  void retire(std::size_t at);
  void free_retired();

  const std::size_t places_;
  const SliceBounds bounds_;
  std::vector<Link> table_;                        ///< Of lists.
  std::vector<std::atomic<std::uint64_t>> asked_;  ///< Who asked last, by hash, and when.
  Readers readers_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Place>> slices_;
  std::vector<std::unique_ptr<Place>> retired_;
};

}  // namespace sluice::client
