// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/frame.hpp"

#include <isa-l/crc.h>

#include <algorithm>
#include <limits>

#include "storage/journal/bytes.hpp"

namespace sluice {

namespace {

constexpr std::uint16_t removed_flag = 1;
constexpr std::size_t checked_at = 4;  ///< The checksum covers everything behind itself.
static_assert(change_bytes_max <= std::numeric_limits<std::uint16_t>::max());

std::byte* put_part(std::byte* at, const Counter& counter) noexcept {
  SLUICE_INVARIANT(counter.limit.raw() != 0);
  at = put(at, counter.limit.raw());
  at = put(at, counter.used.raw());
  at = put(at, counter.until.time_since_epoch().count());
  return put(at, counter.fired.raw());
}

std::byte* put_part(std::byte* at, const UsageBucket& bucket) noexcept {
  SLUICE_INVARIANT(bucket.meter.raw() != 0);
  at = put(at, bucket.meter.raw());
  at = put(at, bucket.minute.raw());
  at = put(at, bucket.used.raw());
  at = put(at, bucket.allowed);
  at = put(at, bucket.denied);
  return put(at, bucket.throttled);
}

std::byte* put_part(std::byte* at, const ClosedWindow& window) noexcept {
  SLUICE_INVARIANT(window.limit.raw() != 0 && window.meter.raw() != 0);
  at = put(at, window.limit.raw());
  at = put(at, window.meter.raw());
  at = put(at, window.ended_at.time_since_epoch().count());
  return put(at, window.used.raw());
}

template <class Part>
std::byte* put_parts(std::byte* at, std::span<const Part> parts) noexcept {
  for (const Part& part : parts) {
    at = put_part(at, part);
  }
  return at;
}

WallTime wall_time(const std::byte* at) noexcept {
  return WallTime{Duration{get<std::int64_t>(at)}};
}

bool is_amount(const std::byte* at) noexcept {
  return get<std::uint64_t>(at) <= Amount::max_raw;
}

Amount amount(const std::byte* at) noexcept {
  return Amount{get<std::uint64_t>(at)};
}

bool get_part(const std::byte* at, Counter& counter) noexcept {
  if (get<std::uint32_t>(at) == 0 || !is_amount(at + 4)) {
    return false;
  }
  counter = {LimitId{get<std::uint32_t>(at)}, amount(at + 4), wall_time(at + 12),
             ThresholdMask{get<std::uint8_t>(at + 20)}};
  return true;
}

bool get_part(const std::byte* at, UsageBucket& bucket) noexcept {
  if (get<std::uint16_t>(at) == 0 || !is_amount(at + 6)) {
    return false;
  }
  bucket = {MeterId{get<std::uint16_t>(at)},
            Minute{get<std::uint32_t>(at + 2)},
            amount(at + 6),
            get<std::uint32_t>(at + 14),
            get<std::uint32_t>(at + 18),
            get<std::uint32_t>(at + 22)};
  return true;
}

bool get_part(const std::byte* at, ClosedWindow& window) noexcept {
  if (get<std::uint32_t>(at) == 0 || get<std::uint16_t>(at + 4) == 0 || !is_amount(at + 14)) {
    return false;
  }
  window = {LimitId{get<std::uint32_t>(at)}, MeterId{get<std::uint16_t>(at + 4)}, wall_time(at + 6),
            amount(at + 14)};
  return true;
}

/// Takes that many parts off the front of `left`.
template <class Part>
bool get_parts(std::span<const std::byte>& left, std::size_t count, std::size_t part_bytes,
               std::vector<Part>& parts) {
  if (left.size() / part_bytes < count) {
    return false;
  }
  parts.resize(count);
  for (Part& part : parts) {
    if (!get_part(left.data(), part)) {
      return false;
    }
    left = left.subspan(part_bytes);
  }
  return true;
}

}  // namespace

std::uint32_t crc32c(std::span<const std::byte> bytes) noexcept {
  // The library's parameters are neither const nor wide; it does not write, and what is checked
  // here is at most a frame.
  auto* const data =
      const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(bytes.data()));
  SLUICE_INVARIANT(bytes.size() <= frame_bytes_max);
  return ~crc32_iscsi(data, static_cast<int>(bytes.size()), ~0U);
}

std::byte* encode(const TenantChange& change, std::byte* at) noexcept {
  SLUICE_INVARIANT(encoded_bytes(change) <= change_bytes_max && change.tenant != TenantId{});
  at = put(at, change.shard.raw());
  at = put(at, change.removed ? removed_flag : std::uint16_t{0});
  at = put(at, static_cast<std::uint16_t>(change.counters.size()));
  at = put(at, static_cast<std::uint16_t>(change.open_usage.size()));
  at = put(at, static_cast<std::uint16_t>(change.closed_usage.size()));
  at = put(at, static_cast<std::uint16_t>(change.closed_windows.size()));
  at = put(at, change.tenant.high);
  at = put(at, change.tenant.low);
  at = put_parts(at, change.counters);
  at = put_parts(at, change.open_usage);
  at = put_parts(at, change.closed_usage);
  return put_parts(at, change.closed_windows);
}

std::uint32_t seal(std::span<std::byte> frame, const FrameHeader& header) noexcept {
  SLUICE_INVARIANT(frame.size() >= frame_header_bytes && frame.size() <= frame_bytes_max &&
                   frame.size() % frame_alignment == 0);
  std::byte* at = put(frame.data() + checked_at, static_cast<std::uint32_t>(frame.size()));
  at = put(at, header.sequence.raw());
  at = put(at, header.synced_through.raw());
  at = put(at, header.follows);
  (void)put(at, header.entries);
  const std::uint32_t checksum = crc32c(frame.subspan(checked_at));
  (void)put(frame.data(), checksum);
  return checksum;
}

std::optional<FrameHeader> claim_at(std::span<const std::byte> bytes) noexcept {
  if (bytes.size() < frame_header_bytes) {
    return std::nullopt;
  }
  const std::byte* const at = bytes.data();
  return FrameHeader{Sequence{get<std::uint64_t>(at + 8)}, Sequence{get<std::uint64_t>(at + 16)},
                     get<std::uint32_t>(at + 24), get<std::uint32_t>(at + 28)};
}

std::optional<Frame> frame_at(std::span<const std::byte> bytes) noexcept {
  if (bytes.size() < frame_header_bytes) {
    return std::nullopt;
  }
  const std::byte* const at = bytes.data();
  const std::size_t length = get<std::uint32_t>(at + 4);
  const auto sequence = get<std::uint64_t>(at + 8);
  const auto synced_through = get<std::uint64_t>(at + 16);
  const auto follows = get<std::uint32_t>(at + 24);
  const auto entries = get<std::uint32_t>(at + 28);
  // Cheap tests first: a search runs through here for every place that it looks at.
  if (length < frame_header_bytes || length > bytes.size() || length > frame_bytes_max ||
      length % frame_alignment != 0 || sequence == 0 || synced_through >= sequence ||
      entries > length / entry_header_bytes) {
    return std::nullopt;
  }
  const std::span<const std::byte> frame = bytes.first(length);
  const auto checksum = get<std::uint32_t>(at);
  if (checksum != crc32c(frame.subspan(checked_at))) {
    return std::nullopt;
  }
  return Frame{{Sequence{sequence}, Sequence{synced_through}, follows, entries}, checksum, frame};
}

void ChangeReader::start(const Frame& frame) noexcept {
  left_ = frame.bytes.subspan(frame_header_bytes);
  entries_left_ = frame.header.entries;
  whole_ = false;
}

const TenantChange* ChangeReader::next() {
  if (entries_left_ == 0) {
    whole_ = left_.size() < frame_alignment &&
             std::all_of(left_.begin(), left_.end(), [](std::byte b) { return b == std::byte{0}; });
    return nullptr;
  }
  --entries_left_;
  if (!read_entry()) {
    // What stands behind cannot be found any more.
    left_ = {};
    entries_left_ = 1;
    return nullptr;
  }
  return &change_;
}

bool ChangeReader::read_entry() {
  if (left_.size() < entry_header_bytes) {
    return false;
  }
  const std::byte* const at = left_.data();
  left_ = left_.subspan(entry_header_bytes);
  const auto flags = get<std::uint16_t>(at + 2);
  const TenantId tenant{get<std::uint64_t>(at + 12), get<std::uint64_t>(at + 20)};
  if (flags > removed_flag || tenant == TenantId{} ||
      !get_parts(left_, get<std::uint16_t>(at + 4), counter_bytes, counters_) ||
      !get_parts(left_, get<std::uint16_t>(at + 6), usage_bucket_bytes, open_usage_) ||
      !get_parts(left_, get<std::uint16_t>(at + 8), usage_bucket_bytes, closed_usage_) ||
      !get_parts(left_, get<std::uint16_t>(at + 10), closed_window_bytes, closed_windows_)) {
    return false;
  }
  change_ = {tenant,         ShardId{get<std::uint16_t>(at)},
             flags != 0,     counters_,
             open_usage_,    closed_usage_,
             closed_windows_};
  return true;
}

}  // namespace sluice
