// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Whole minutes since 1970-01-01T00:00:00Z.
using Minute = Strong<struct MinuteTag, std::uint32_t>;

/// The minute that holds the instant; the first one holds everything before it, too.
[[nodiscard]] constexpr Minute minute_of(WallTime instant) {
  const std::int64_t minute = instant.time_since_epoch() / std::chrono::minutes{1};
  return Minute{static_cast<std::uint32_t>(minute > 1 ? minute : 1)};
}
[[nodiscard]] constexpr WallTime start_of(Minute minute) {
  return WallTime{std::chrono::minutes{minute.raw()}};
}

/// A part of what is done with a meter: that of requests with one value of a label, which is empty
/// where the label is missing; or that of all values which are not told apart (`others`).
struct UsagePart {
  std::string label{};
  std::string value{};
  bool others = false;  ///< Then there is no value.
  friend auto operator<=>(const UsagePart&, const UsagePart&) = default;
};
/// Of a meter and a label, so many values of each day of UTC are told apart: those that came first,
/// since the tenant is resident. So no label makes history grow without bound.
inline constexpr std::size_t usage_values_max = 32;

/// Which part is meant; nothing: all. A pointer's size where there is none.
class PartRef {
public:
  PartRef() = default;
  explicit PartRef(UsagePart part) : part_(std::make_shared<const UsagePart>(std::move(part))) {}

  [[nodiscard]] bool is_whole() const noexcept { return part_ == nullptr; }
  /// Not of a whole.
  [[nodiscard]] const UsagePart& operator*() const noexcept { return *part_; }
  [[nodiscard]] const UsagePart* operator->() const noexcept { return part_.get(); }

  /// By what is meant; a whole comes first.
  friend bool operator==(const PartRef& a, const PartRef& b) noexcept {
    return a.part_ == b.part_ || (a.part_ && b.part_ && *a.part_ == *b.part_);
  }
  friend std::strong_ordering operator<=>(const PartRef& a, const PartRef& b) noexcept {
    return a.part_ && b.part_ ? *a.part_ <=> *b.part_
                              : (a.part_ != nullptr) <=> (b.part_ != nullptr);
  }

private:
  std::shared_ptr<const UsagePart> part_;
};

/// What a tenant did with one meter within one minute: absolute, so that writing it twice is
/// writing it once. A tenant has at most one open bucket for each meter and closes it, once and for
/// all, with the first check in a later minute; a clock that steps back keeps it open. If usage is
/// asked for by a label, beside each stand those of its parts, which add up to it.
struct UsageBucket {
  MeterId meter;
  Minute minute;
  Amount used;
  std::uint32_t allowed = 0;  ///< Checks; these three saturate.
  std::uint32_t denied = 0;
  std::uint32_t throttled = 0;
  Amount overage{};                ///< Of what was used: units above a limit.
  std::uint64_t price_micros = 0;  ///< What they cost: by as much their windows' prices grew.
  PartRef part{};
  friend bool operator==(const UsageBucket&, const UsageBucket&) = default;
};

/// The final count of a window that is over; or of credit, what a grant paid up to a moment.
struct ClosedWindow {
  LimitId limit;
  MeterId meter;
  WallTime ended_at;
  Amount used;
  Amount over{};                   ///< Units above the size.
  std::uint64_t price_micros = 0;  ///< What they cost, rounded up once.
  EntryId paid_by{};               ///< The grant that paid for `used`, if the row speaks of one.
  friend bool operator==(const ClosedWindow&, const ClosedWindow&) = default;
};

/// These, with the tenant that they belong to.
struct UsageRow {
  TenantId tenant;
  UsageBucket bucket;
  friend bool operator==(const UsageRow&, const UsageRow&) = default;
};
struct WindowRow {
  TenantId tenant;
  ClosedWindow window;
  friend bool operator==(const WindowRow&, const WindowRow&) = default;
};

/// The lengths of time for which usage is kept.
enum class Granularity : std::uint8_t { minute, hour, day };

/// Usage of one meter over one minute, hour or day (of UTC).
struct UsagePoint {
  MeterId meter;
  WallTime start;
  Amount used;
  std::uint64_t allowed = 0;
  std::uint64_t denied = 0;
  std::uint64_t throttled = 0;
  Amount overage{};
  std::uint64_t price_micros = 0;  ///< Of one tenant; saturates.
  PartRef part{};
  friend bool operator==(const UsagePoint&, const UsagePoint&) = default;
};
inline constexpr std::size_t usage_points_max = 10'000;  ///< That one answer tells.

}  // namespace sluice
