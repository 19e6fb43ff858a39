// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/frame.hpp"

#include <isa-l/crc.h>

#include <algorithm>
#include <limits>

#include "storage/journal/bytes.hpp"

namespace sluice {

namespace {

constexpr unsigned removed_flag = 1;
constexpr unsigned entries_flag = 2;
constexpr unsigned audit_flag = 4;
constexpr unsigned crossed_flag = 8;
constexpr unsigned shared_flag = 16;
constexpr unsigned all_flags = 31;
constexpr std::size_t checked_at = 4;  ///< The checksum covers everything behind itself.
static_assert(change_bytes_max <= std::numeric_limits<std::uint16_t>::max());

template <class Part>
std::size_t bytes_of_all(std::span<const Part> parts) noexcept {
  std::size_t bytes = 0;
  for (const Part& part : parts) {
    bytes += encoded_bytes(part);
  }
  return bytes;
}

template <class Part>
std::byte* encode_all(std::span<const Part> parts, std::byte* at) noexcept {
  for (const Part& part : parts) {
    at = encode(part, at);
  }
  return at;
}

/// Takes that many parts off the front of the bytes.
template <class Part>
bool take_all(std::span<const std::byte>& from, std::size_t count, const PartBytes& bytes,
              std::vector<Part>& parts) {
  if (from.size() / bytes.plain < count) {
    return false;
  }
  parts.resize(count);
  return std::all_of(parts.begin(), parts.end(), [&](Part& part) { return take(from, part); });
}

/// Takes parts off the front of the bytes: at least one, because a change without any says so.
template <class Part>
bool take_counted(std::span<const std::byte>& from, std::vector<Part>& parts) {
  static_assert(entry_count_bytes == audit_count_bytes &&
                entry_count_bytes == crossing_count_bytes &&
                entry_count_bytes == shared_count_prefix_bytes);
  if (from.size() < entry_count_bytes) {
    return false;
  }
  std::size_t count = get<std::uint16_t>(from.data());
  from = from.subspan(entry_count_bytes);
  if (count == 0) {
    return false;
  }
  for (; count > 0; --count) {
    if (!take(from, parts.emplace_back())) {
      return false;
    }
  }
  return true;
}

std::uint16_t flags_of(const TenantChange& change) noexcept {
  return static_cast<std::uint16_t>(
      (change.removed ? removed_flag : 0U) | (change.entries.empty() ? 0U : entries_flag) |
      (change.audit.empty() ? 0U : audit_flag) | (change.crossed.empty() ? 0U : crossed_flag) |
      (change.closed_shared.empty() ? 0U : shared_flag));
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

std::size_t encoded_bytes(const TenantChange& change) noexcept {
  return change_header_bytes + bytes_of_all(change.counters) + bytes_of_all(change.open_usage) +
         bytes_of_all(change.closed_usage) + bytes_of_all(change.closed_windows) +
         (change.entries.empty() ? 0 : entry_count_bytes + bytes_of_all(change.entries)) +
         (change.audit.empty() ? 0 : audit_count_bytes + bytes_of_all(change.audit)) +
         (change.crossed.empty() ? 0 : crossing_count_bytes + bytes_of_all(change.crossed)) +
         (change.closed_shared.empty()
              ? 0
              : shared_count_prefix_bytes + bytes_of_all(change.closed_shared));
}

std::byte* encode(const TenantChange& change, std::byte* at) noexcept {
  SLUICE_INVARIANT(change.tenant != TenantId{});
  const std::byte* const begin = at;
  at = put(at, change.shard.raw());
  at = put(at, flags_of(change));
  at = put(at, static_cast<std::uint16_t>(change.counters.size()));
  at = put(at, static_cast<std::uint16_t>(change.open_usage.size()));
  at = put(at, static_cast<std::uint16_t>(change.closed_usage.size()));
  at = put(at, static_cast<std::uint16_t>(change.closed_windows.size()));
  at = put(at, change.tenant.high);
  at = put(at, change.tenant.low);
  at = encode_all(change.counters, at);
  at = encode_all(change.open_usage, at);
  at = encode_all(change.closed_usage, at);
  at = encode_all(change.closed_windows, at);
  if (!change.entries.empty()) [[unlikely]] {
    at = put(at, static_cast<std::uint16_t>(change.entries.size()));
    at = encode_all(change.entries, at);
  }
  if (!change.audit.empty()) [[unlikely]] {
    at = put(at, static_cast<std::uint16_t>(change.audit.size()));
    at = encode_all(change.audit, at);
  }
  if (!change.crossed.empty()) [[unlikely]] {
    at = put(at, static_cast<std::uint16_t>(change.crossed.size()));
    at = encode_all(change.crossed, at);
  }
  if (!change.closed_shared.empty()) [[unlikely]] {
    at = put(at, static_cast<std::uint16_t>(change.closed_shared.size()));
    at = encode_all(change.closed_shared, at);
  }
  SLUICE_INVARIANT(static_cast<std::size_t>(at - begin) <= change_bytes_max);
  return at;
}

std::uint32_t seal(std::span<std::byte> frame, const FrameHeader& header) noexcept {
  SLUICE_INVARIANT(frame.size() >= frame_header_bytes && frame.size() <= frame_bytes_max &&
                   frame.size() % frame_alignment == 0);
  std::byte* at = put(frame.data() + checked_at, static_cast<std::uint32_t>(frame.size()));
  at = put(at, header.sequence.raw());
  at = put(at, header.synced_through.raw());
  at = put(at, header.follows);
  (void)put(at, header.changes);
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
  const auto changes = get<std::uint32_t>(at + 28);
  // Cheap tests first: a search runs through here for every place that it looks at.
  if (length < frame_header_bytes || length > bytes.size() || length > frame_bytes_max ||
      length % frame_alignment != 0 || sequence == 0 || synced_through >= sequence ||
      changes > length / change_header_bytes) {
    return std::nullopt;
  }
  const std::span<const std::byte> frame = bytes.first(length);
  const auto checksum = get<std::uint32_t>(at);
  if (checksum != crc32c(frame.subspan(checked_at))) {
    return std::nullopt;
  }
  return Frame{{Sequence{sequence}, Sequence{synced_through}, follows, changes}, checksum, frame};
}

void ChangeReader::start(const Frame& frame) noexcept {
  left_ = frame.bytes.subspan(frame_header_bytes);
  changes_left_ = frame.header.changes;
  whole_ = false;
}

const TenantChange* ChangeReader::next() {
  if (changes_left_ == 0) {
    whole_ = left_.size() < frame_alignment &&
             std::all_of(left_.begin(), left_.end(), [](std::byte b) { return b == std::byte{0}; });
    return nullptr;
  }
  --changes_left_;
  if (!read_change()) {
    // What stands behind cannot be found any more.
    left_ = {};
    changes_left_ = 1;
    return nullptr;
  }
  return &change_;
}

bool ChangeReader::read_change() {
  if (left_.size() < change_header_bytes) {
    return false;
  }
  const std::byte* const at = left_.data();
  left_ = left_.subspan(change_header_bytes);
  const unsigned flags = get<std::uint16_t>(at + 2);
  const TenantId tenant{get<std::uint64_t>(at + 12), get<std::uint64_t>(at + 20)};
  entries_.clear();
  audit_.clear();
  crossed_.clear();
  closed_shared_.clear();
  if (flags > all_flags || tenant == TenantId{} ||
      !take_all(left_, get<std::uint16_t>(at + 4), counter_bytes, counters_) ||
      !take_all(left_, get<std::uint16_t>(at + 6), usage_bucket_bytes, open_usage_) ||
      !take_all(left_, get<std::uint16_t>(at + 8), usage_bucket_bytes, closed_usage_) ||
      !take_all(left_, get<std::uint16_t>(at + 10), closed_window_bytes, closed_windows_) ||
      ((flags & entries_flag) != 0 && !take_counted(left_, entries_)) ||
      ((flags & audit_flag) != 0 && !take_counted(left_, audit_)) ||
      ((flags & crossed_flag) != 0 && !take_counted(left_, crossed_)) ||
      ((flags & shared_flag) != 0 && !take_counted(left_, closed_shared_))) {
    return false;
  }
  for (AuditRow& row : audit_) {
    row.what.tenant = tenant;
  }
  for (ThresholdCrossed& row : crossed_) {
    row.tenant = tenant;
  }
  for (SharedHourRow& row : closed_shared_) {
    row.consumer = tenant;
  }
  change_ = {.tenant = tenant,
             .shard = ShardId{get<std::uint16_t>(at)},
             .removed = (flags & removed_flag) != 0,
             .counters = counters_,
             .open_usage = open_usage_,
             .closed_usage = closed_usage_,
             .closed_windows = closed_windows_,
             .entries = entries_,
             .audit = audit_,
             .crossed = crossed_,
             .closed_shared = closed_shared_};
  return true;
}

}  // namespace sluice
