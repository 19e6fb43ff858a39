// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "actors/runtime/caller.hpp"
#include "actors/runtime/engine.hpp"
#include "actors/runtime/messages.hpp"
#include "actors/runtime/tenant_hash.hpp"

namespace sluice {

/// One check of a batch that waits for its tenant.
struct WaitingCheck {
  CheckBatch* batch;
  std::uint32_t item;
};

/// All that waits for one tenant.
struct Waiting {
  std::vector<WaitingCheck> checks;  ///< In the order in which they came.
  std::vector<TenantCall> calls{};
  std::vector<SeatCall> seats{};

  [[nodiscard]] std::size_t size() const noexcept {
    return checks.size() + calls.size() + seats.size();
  }
};

/// Knows which tenants are being loaded and what waits for them.
///
/// Role       Bookkeeping between the first touch of a tenant and the store's answer. A change of
///            the tenant that is answered while a load is under way makes that load's older record
///            worthless; then the tenant is loaded again.
/// Threading  Confined to its host.
/// Ownership  Owns the lists; the batches belong to their submitters.
/// Units      None.
/// Errors     None; refuses what is over a bound.
/// Cost       Some allocations for each tenant that is loaded.
class Activations {
public:
  struct Bounds {
    std::size_t waiting_max;             ///< Of all checks and calls.
    std::size_t waiting_per_tenant_max;  ///< The same, for one tenant.
    std::size_t loads_max;               ///< Loads under way at a time.
    std::size_t tenants_per_load_max;
  };

  Activations(Bounds bounds, HashSeed seed);

  /// Lets the check or call wait, and asks for the tenant to be loaded if nobody did. Returns
  /// whether there was room.
  [[nodiscard]] bool wait(TenantId tenant, WaitingCheck check);
  [[nodiscard]] bool wait(TenantId tenant, TenantCall call);
  [[nodiscard]] bool wait(TenantId tenant, SeatCall seat);

  /// The next tenants to be loaded; empty if there are none or too many loads are under way.
  [[nodiscard]] std::vector<TenantId> begin_load();
  /// One load was answered, whatever it brought.
  void end_load();

  /// The tenant has this version now.
  void changed(TenantId tenant, Version version);
  /// The tenant does not exist any more.
  void removed(TenantId tenant);

  /// A load brought this version of the tenant, or that there is none. Returns what waited for it;
  /// nothing if that answer is older than what is known, so that the tenant is loaded again.
  [[nodiscard]] std::optional<Waiting> loaded(TenantId tenant, std::optional<Version> version);
  /// A load failed. Returns what waited for it.
  [[nodiscard]] Waiting failed(TenantId tenant);
  /// Gives up everything that waits; answers to loads under way must not be asked about any more.
  [[nodiscard]] Waiting give_up();

  /// It is being loaded, or about to be.
  [[nodiscard]] bool expects(TenantId tenant) const { return activations_.contains(tenant); }
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }
  [[nodiscard]] bool idle() const noexcept { return activations_.empty(); }

private:
  struct Activation {
    Waiting waiting;
    bool removed = false;             ///< While the load was under way.
    std::optional<Version> at_least;  ///< Learned while the load was under way.
  };
  Activation* room_for(TenantId tenant);
  Waiting finish(TenantId tenant);

  Bounds bounds_;
  absl::flat_hash_map<TenantId, Activation, TenantHash> activations_;
  std::deque<TenantId> to_load_;
  std::size_t waiting_ = 0;
  std::size_t loads_ = 0;
};

}  // namespace sluice
