// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "actors/tenant/meter.hpp"

namespace sluice {

/// How many meters there are; ids run from 1 to this.
using MeterCount = Strong<struct MeterCountTag, std::uint16_t>;

/// The meter table as all threads may see it. It only grows, and the store's writer alone publishes
/// it.
///
/// Threading  Any thread. `count` is one load; `table` locks.
class PublishedMeters {
public:
  void publish(MeterTable table) {
    const auto count = static_cast<std::uint16_t>(table.size());
    auto shared = std::make_shared<const MeterTable>(std::move(table));
    {
      const std::scoped_lock lock{mutex_};
      table_.swap(shared);
    }
    count_.store(count, std::memory_order_release);
  }

  [[nodiscard]] std::shared_ptr<const MeterTable> table() const {
    const std::scoped_lock lock{mutex_};
    return table_;
  }
  [[nodiscard]] MeterCount count() const noexcept {
    return MeterCount{count_.load(std::memory_order_acquire)};
  }

private:
  mutable std::mutex mutex_;
  std::shared_ptr<const MeterTable> table_ = std::make_shared<const MeterTable>();
  std::atomic<std::uint16_t> count_{0};
};

}  // namespace sluice
