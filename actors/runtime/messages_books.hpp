// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <caf/allowed_unsafe_message_type.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "actors/runtime/caller.hpp"
#include "actors/tenant/audit.hpp"
#include "actors/tenant/sharing/books.hpp"

/// The messages about money; what messages.hpp says of all holds for them.

namespace sluice {

// ---- To a shard host

/// Asks each host before when everything that happened is in the store, as its clock showed it; the
/// last one that tells calls with the earliest of them, on its own thread.
class SavedRound {
public:
  SavedRound(std::size_t hosts, std::function<void(WallTime)> then)
      : missing_(hosts), then_(std::move(then)) {}
  void tell(WallTime saved_before) {
    const std::int64_t mine = saved_before.time_since_epoch().count();
    std::int64_t earliest = earliest_.load(std::memory_order_relaxed);
    while (mine < earliest &&
           !earliest_.compare_exchange_weak(earliest, mine, std::memory_order_relaxed)) {
    }
    if (missing_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      then_(WallTime{Duration{earliest_.load(std::memory_order_relaxed)}});
    }
  }

private:
  std::atomic<std::int64_t> earliest_{WallTime::max().time_since_epoch().count()};
  std::atomic<std::size_t> missing_;
  std::function<void(WallTime)> then_;
};

struct TellSaved {
  std::shared_ptr<SavedRound> round;
};

// ---- To a reader of the store

/// Lines that are closed, or with `running` those of periods that are not.
struct TellStatements {
  StatementQuery query;
  bool running;
  WallTime now;
  Caller<StatementPage> caller;
};
struct TellPayouts {
  PayoutQuery query;
  Caller<PayoutPage> caller;
};

// ---- To the writer of the store

/// Close periods that have ended, and pay what is due.
struct SeeToBooks {
  WallTime saved_before;        ///< Everything that happened before is in the store.
  std::function<void()> ended;  ///< Called once nothing is left to do.
};
struct MarkPayoutPaid {
  Author author;
  PayoutKey key;
  std::string reference;
  Caller<Payout> caller;
};

}  // namespace sluice

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellSaved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellStatements)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::TellPayouts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::SeeToBooks)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::MarkPayoutPaid)
