// SPDX-License-Identifier: Apache-2.0
// How old usage is forgotten.
//
// A minute is counted in its hour and its day when it is appended, and never again, because it is
// there. So none may be forgotten that somebody may still append: one that was long open when it
// was closed, and whose flush failed, or is in a journal that a start has yet to write. Such a
// minute is known by its age when it is flushed. Nothing is forgotten before the hosts have said
// that all from before that flush, and from before the start, is saved.
#include <algorithm>
#include <chrono>

#include "actors/runtime/store_writer.hpp"

namespace sluice {
namespace {

constexpr Duration forgets_usage_every = std::chrono::hours{1};
constexpr std::size_t usage_parts_at_once = 4;  ///< Then others may write.

/// Zero keeps all.
WallTime usage_kept_from(Duration kept, WallTime now) {
  return kept == Duration{} || now.time_since_epoch() <= kept ? WallTime{} : now - kept;
}

}  // namespace

void StoreWriter::note_late_minutes(const SaveBatch& batch) {
  const WallTime now = shared_.surroundings.clock->now().wall;
  const WallTime kept_from = usage_kept_from(shared_.usage_retention.minutes, now);
  if (std::ranges::any_of(batch.closed_usage, [&](const UsageRow& row) {
        return start_of(row.bucket.minute) < kept_from;
      })) {
    forgets_usage_after_ = now;
  }
}

void StoreWriter::forget_old_usage(const ForgetUsage& wish) {
  const WallTime now = shared_.surroundings.clock->now().wall;
  if (!forgets_usage_after_) {
    forgets_usage_after_ = now;
  }
  const bool is_time = !usage_forgotten_at_ || now < *usage_forgotten_at_ ||
                       now - *usage_forgotten_at_ >= forgets_usage_every;
  if (!is_time || wish.saved_before < *forgets_usage_after_) {
    return;
  }
  const UsageRetention& kept = shared_.usage_retention;
  const UsageForgetting what{.minutes_before = usage_kept_from(kept.minutes, now),
                             .hours_before = usage_kept_from(kept.hours, now),
                             .days_before = usage_kept_from(kept.days, now)};
  for (std::size_t part = 0; part < usage_parts_at_once; ++part) {
    const auto rest = store_->forget_usage(epoch_, what);
    if (!rest.ok()) {
      return report("forget_usage", rest.fault());
    }
    if (rest.value() == Rest::none) {
      usage_forgotten_at_ = now;
      return;
    }
  }
}

}  // namespace sluice
