// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/outbox.hpp"
#include "actors/tenant/sharing/policy.hpp"
#include "actors/tenant/tenant.hpp"

namespace sluice {

/// Which of the threads that talk to the store.
enum class StoreWork : std::uint8_t { read, write };

/// What a server needs to do all of its work, and that may be wanting for a while.
enum class Vital : std::uint8_t {
  journal,  ///< It has room, and took the last commit: what is charged can be made safe.
  flush,    ///< The store took the last batch of what changed.
  store,    ///< The store answered when it was last asked for what is due, once a second or so.
};
inline constexpr std::size_t vital_count = 3;
[[nodiscard]] constexpr std::string_view to_string(Vital vital) {
  constexpr std::array<std::string_view, vital_count> names{"journal", "flush", "store"};
  return names[static_cast<std::size_t>(vital)];
}

/// Hears what happened, so that logs and metrics stay out of the code that decides. Called on the
/// thread where it happened; implementations must be safe to call from any thread and must not
/// block.
class Observer {
public:
  virtual ~Observer() = default;
  virtual void threshold_crossed(const ThresholdCrossed& /*event*/) {}
  /// There is a new alert, which is stored by now: once for each, or twice if the server ends
  /// between.
  virtual void alert_raised(const Alert& /*alert*/) {}
  /// A webhook was called; how its delivery is now. Pending: it failed, and is tried again.
  virtual void delivery_attempted(const DueDelivery& /*delivery*/) {}
  /// A step of a request for what is shared is in the store.
  virtual void access_changed(const SharingRequest& /*request*/) {}
  /// `what` is a constant such as "load", "flush", "amend".
  virtual void store_failed(const char* /*what*/, const Fault& /*fault*/) {}
  /// One question to the store, or one change of it, was done; with what was decided meanwhile.
  virtual void store_worked(StoreWork /*work*/, Duration /*took*/) {}
  /// The store does not take what this tenant spent, and would not take it another time; told once
  /// for each reason. The tenant goes on, and is tried again later and later.
  virtual void save_refused(TenantId /*tenant*/, const Fault& /*fault*/) {}
  /// What time was to do to a tenant cannot be done; told once for each reason.
  virtual void due_refused(TenantId /*tenant*/, const Fault& /*fault*/) {}
  virtual void journal_failed(const Fault& /*fault*/) {}
  /// A reactor's journal or flushes, or the store as its writer sees it, began or ceased to work.
  /// All of them work at first; each of those who look after one tells its changes only.
  virtual void vital_changed(Vital /*vital*/, bool /*works*/) {}
  /// Another server owns the shards now: this one can do nothing more, and should end.
  virtual void ownership_lost(const Fault& /*fault*/) {}
  /// A start reads the journals of earlier runs.
  virtual void recovering(std::uint64_t /*bytes_done*/, std::uint64_t /*bytes_total*/) {}
};

}  // namespace sluice
