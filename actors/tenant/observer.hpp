// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/tenant.hpp"
#include "actors/tenant/usage.hpp"

namespace sluice {

/// Hears what happened, so that logs and metrics stay out of the code that decides. Called on the
/// thread where it happened; implementations must be safe to call from any thread and must not
/// block.
class Observer {
public:
  virtual ~Observer() = default;
  virtual void threshold_crossed(const ThresholdCrossed& /*event*/) {}
  /// What a tenant did with a meter within a minute that is over.
  virtual void minute_closed(const UsageRow& /*row*/) {}
  /// `what` is a constant such as "load", "flush", "amend".
  virtual void store_failed(const char* /*what*/, const Fault& /*fault*/) {}
  virtual void journal_failed(const Fault& /*fault*/) {}
  /// Another server owns the shards now: this one can do nothing more, and should end.
  virtual void ownership_lost(const Fault& /*fault*/) {}
  /// A start reads the journals of earlier runs.
  virtual void recovering(std::uint64_t /*bytes_done*/, std::uint64_t /*bytes_total*/) {}
};

}  // namespace sluice
