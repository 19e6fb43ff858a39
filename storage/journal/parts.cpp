// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/parts.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "actors/tenant/entry_bytes.hpp"
#include "actors/tenant/invariant.hpp"
#include "storage/journal/bytes.hpp"

namespace sluice {

namespace {

constexpr std::uint64_t more_flag = Amount::max_raw + 1;
constexpr unsigned others_flag = 0x80;
static_assert(label_value_bytes_max < others_flag);
constexpr std::size_t overage_bytes = 8;
constexpr std::size_t price_bytes = 8;
static_assert(overage_bytes + price_bytes == usage_bucket_bytes.more);
static_assert(entry_bytes_max <= std::numeric_limits<std::uint16_t>::max());

bool has_more(const Counter& counter) noexcept {
  return counter.over != Amount{} || counter.previous != Amount{} ||
         counter.paced_until != WallTime{};
}

bool has_price(const UsageBucket& bucket) noexcept {
  return bucket.price_micros != 0 || !bucket.part.is_whole();
}

bool has_more(const UsageBucket& bucket) noexcept {
  return bucket.overage != Amount{} || has_price(bucket);
}

bool has_more(const ClosedWindow& window) noexcept {
  return window.over != Amount{} || window.price_micros != 0 || window.paid_by != EntryId{};
}

template <class Part>
std::size_t bytes_of(const Part& part, const PartBytes& bytes) noexcept {
  return has_more(part) ? bytes.max() : bytes.plain;
}

template <class Part>
std::byte* put_used(std::byte* at, const Part& part) noexcept {
  return put(at, part.used.raw() | (has_more(part) ? more_flag : 0));
}

std::byte* put_time(std::byte* at, WallTime time) noexcept {
  return put(at, time.time_since_epoch().count());
}

std::byte* put_part(std::byte* at, const UsagePart& part) noexcept {
  SLUICE_INVARIANT(!part.label.empty() && part.label.size() <= label_name_bytes_max &&
                   part.value.size() <= label_value_bytes_max);
  at = put(at, static_cast<std::uint8_t>(part.label.size()));
  at = put(at, static_cast<std::uint8_t>(part.value.size() | (part.others ? others_flag : 0U)));
  for (const std::string* const text : {&part.label, &part.value}) {
    at = std::ranges::copy(std::as_bytes(std::span{*text}), at).out;
  }
  return at;
}

/// Null if there are not so many.
const std::byte* take_bytes(std::span<const std::byte>& from, std::size_t count) noexcept {
  if (from.size() < count) {
    return nullptr;
  }
  const std::byte* const at = from.data();
  from = from.subspan(count);
  return at;
}

bool says_more(const std::byte* used_at) noexcept {
  return get<std::uint64_t>(used_at) >= more_flag;
}

Amount get_used(const std::byte* at) noexcept {
  return Amount{get<std::uint64_t>(at) & Amount::max_raw};
}

bool is_amount(const std::byte* at) noexcept {
  return get<std::uint64_t>(at) <= Amount::max_raw;
}

Amount get_amount(const std::byte* at) noexcept {
  return Amount{get<std::uint64_t>(at)};
}

WallTime get_time(const std::byte* at) noexcept {
  return WallTime{Duration{get<std::int64_t>(at)}};
}

// A part that says that it has more, and has nothing more, is none that we write.

bool take_more(std::span<const std::byte>& from, Counter& counter) noexcept {
  const std::byte* const at = take_bytes(from, counter_bytes.more);
  if (at == nullptr || !is_amount(at) || !is_amount(at + 8)) {
    return false;
  }
  counter.over = get_amount(at);
  counter.previous = get_amount(at + 8);
  counter.paced_until = get_time(at + 16);
  return has_more(counter);
}

bool take_part(std::span<const std::byte>& from, UsageBucket& bucket) {
  const std::byte* const head = take_bytes(from, 2);
  if (head == nullptr) {
    return false;
  }
  const std::size_t label_bytes = get<std::uint8_t>(head);
  const std::size_t value_bytes = get<std::uint8_t>(head + 1) & ~others_flag;
  const bool others = (get<std::uint8_t>(head + 1) & others_flag) != 0;
  const std::byte* const at = take_bytes(from, label_bytes + value_bytes);
  if (at == nullptr || label_bytes == 0 || label_bytes > label_name_bytes_max ||
      value_bytes > label_value_bytes_max || (others && value_bytes > 0)) {
    return false;
  }
  const auto* const text = reinterpret_cast<const char*>(at);
  bucket.part = PartRef{{{text, label_bytes}, {text + label_bytes, value_bytes}, others}};
  return true;
}

bool take_more(std::span<const std::byte>& from, UsageBucket& bucket) {
  const std::byte* const at = take_bytes(from, overage_bytes);
  if (at == nullptr) {
    return false;
  }
  bucket.overage = get_used(at);
  if (!says_more(at)) {
    return has_more(bucket);
  }
  const std::byte* const price_at = take_bytes(from, price_bytes);
  if (price_at == nullptr) {
    return false;
  }
  bucket.price_micros = get_used(price_at).raw();
  return says_more(price_at) ? take_part(from, bucket) : has_price(bucket);
}

bool take_more(std::span<const std::byte>& from, ClosedWindow& window) noexcept {
  const std::byte* const at = take_bytes(from, closed_window_bytes.more - paid_by_bytes);
  if (at == nullptr || !is_amount(at + 8)) {
    return false;
  }
  window.over = Amount{get<std::uint64_t>(at) & Amount::max_raw};
  window.price_micros = get<std::uint64_t>(at + 8);
  if (says_more(at)) {
    const std::byte* const id_at = take_bytes(from, paid_by_bytes);
    if (id_at == nullptr) {
      return false;
    }
    window.paid_by = {get<std::uint64_t>(id_at), get<std::uint64_t>(id_at + 8)};
    return window.paid_by != EntryId{};
  }
  return has_more(window);
}

}  // namespace

std::size_t encoded_bytes(const Counter& counter) noexcept {
  return bytes_of(counter, counter_bytes);
}

std::size_t encoded_bytes(const UsageBucket& bucket) noexcept {
  const std::size_t part_bytes =
      bucket.part.is_whole() ? 0 : 2 + bucket.part->label.size() + bucket.part->value.size();
  return usage_bucket_bytes.plain + (has_more(bucket) ? overage_bytes : 0) +
         (has_price(bucket) ? price_bytes : 0) + part_bytes;
}

std::size_t encoded_bytes(const ClosedWindow& window) noexcept {
  return bytes_of(window, closed_window_bytes) -
         (has_more(window) && window.paid_by == EntryId{} ? paid_by_bytes : 0);
}

std::size_t encoded_bytes(const Entry& entry) noexcept {
  return entry_length_bytes + encoded_entry_bytes(entry);
}

std::byte* encode(const Counter& counter, std::byte* at) noexcept {
  SLUICE_INVARIANT(counter.limit != LimitId{});
  at = put(at, counter.limit.raw());
  at = put_used(at, counter);
  at = put_time(at, counter.until);
  at = put(at, counter.fired.raw());
  if (has_more(counter)) {
    at = put(at, counter.over.raw());
    at = put(at, counter.previous.raw());
    at = put_time(at, counter.paced_until);
  }
  return at;
}

std::byte* encode(const UsageBucket& bucket, std::byte* at) noexcept {
  SLUICE_INVARIANT(bucket.meter != MeterId{} && bucket.price_micros <= Amount::max_raw);
  at = put(at, bucket.meter.raw());
  at = put(at, bucket.minute.raw());
  at = put_used(at, bucket);
  at = put(at, bucket.allowed);
  at = put(at, bucket.denied);
  at = put(at, bucket.throttled);
  if (has_more(bucket)) {
    at = put(at, bucket.overage.raw() | (has_price(bucket) ? more_flag : 0));
  }
  if (has_price(bucket)) {
    at = put(at, bucket.price_micros | (bucket.part.is_whole() ? 0 : more_flag));
  }
  return bucket.part.is_whole() ? at : put_part(at, *bucket.part);
}

std::byte* encode(const ClosedWindow& window, std::byte* at) noexcept {
  SLUICE_INVARIANT(window.limit != LimitId{} && window.meter != MeterId{} &&
                   window.price_micros <= Amount::max_raw);
  at = put(at, window.limit.raw());
  at = put(at, window.meter.raw());
  at = put_time(at, window.ended_at);
  at = put_used(at, window);
  if (has_more(window)) {
    const bool is_paid = window.paid_by != EntryId{};
    at = put(at, window.over.raw() | (is_paid ? more_flag : 0));
    at = put(at, window.price_micros);
    if (is_paid) {
      at = put(at, window.paid_by.high);
      at = put(at, window.paid_by.low);
    }
  }
  return at;
}

std::byte* encode(const Entry& entry, std::byte* at) noexcept {
  std::byte* const bytes = at + entry_length_bytes;
  std::byte* const end = encode_entry(entry, bytes);
  (void)put(at, static_cast<std::uint16_t>(end - bytes));
  return end;
}

std::size_t encoded_bytes(const ThresholdCrossed& /*crossed*/) noexcept {
  return crossing_bytes.plain;
}

std::byte* encode(const ThresholdCrossed& crossed, std::byte* at) noexcept {
  at = put(at, crossed.limit.raw());
  at = put(at, crossed.meter.raw());
  at = put(at, crossed.threshold.raw());
  at = put(at, crossed.used.raw());
  at = put(at, crossed.size.raw());
  at = put_time(at, crossed.until);
  at = put(at, crossed.counter.high);
  at = put(at, crossed.counter.low);
  return put_time(at, crossed.at);
}

bool take(std::span<const std::byte>& from, ThresholdCrossed& crossed) noexcept {
  const std::byte* const at = take_bytes(from, crossing_bytes.plain);
  if (at == nullptr || get<std::uint32_t>(at) == 0 || get<std::uint16_t>(at + 4) == 0 ||
      get<std::uint64_t>(at + 7) > Amount::max_raw ||
      get<std::uint64_t>(at + 15) > Amount::max_raw) {
    return false;
  }
  crossed.limit = LimitId{get<std::uint32_t>(at)};
  crossed.meter = MeterId{get<std::uint16_t>(at + 4)};
  crossed.threshold = Percent{get<std::uint8_t>(at + 6)};
  crossed.used = Amount{get<std::uint64_t>(at + 7)};
  crossed.size = Amount{get<std::uint64_t>(at + 15)};
  crossed.until = get_time(at + 23);
  crossed.counter = {get<std::uint64_t>(at + 31), get<std::uint64_t>(at + 39)};
  crossed.at = get_time(at + 47);
  return true;
}

bool take(std::span<const std::byte>& from, Counter& counter) noexcept {
  const std::byte* const at = take_bytes(from, counter_bytes.plain);
  if (at == nullptr || get<std::uint32_t>(at) == 0) {
    return false;
  }
  counter = {LimitId{get<std::uint32_t>(at)}, get_used(at + 4), get_time(at + 12),
             ThresholdMask{get<std::uint8_t>(at + 20)}};
  return !says_more(at + 4) || take_more(from, counter);
}

bool take(std::span<const std::byte>& from, UsageBucket& bucket) {
  const std::byte* const at = take_bytes(from, usage_bucket_bytes.plain);
  if (at == nullptr || get<std::uint16_t>(at) == 0) {
    return false;
  }
  bucket = {MeterId{get<std::uint16_t>(at)},
            Minute{get<std::uint32_t>(at + 2)},
            get_used(at + 6),
            get<std::uint32_t>(at + 14),
            get<std::uint32_t>(at + 18),
            get<std::uint32_t>(at + 22)};
  return !says_more(at + 6) || take_more(from, bucket);
}

bool take(std::span<const std::byte>& from, ClosedWindow& window) noexcept {
  const std::byte* const at = take_bytes(from, closed_window_bytes.plain);
  if (at == nullptr || get<std::uint32_t>(at) == 0 || get<std::uint16_t>(at + 4) == 0) {
    return false;
  }
  window = {LimitId{get<std::uint32_t>(at)}, MeterId{get<std::uint16_t>(at + 4)}, get_time(at + 6),
            get_used(at + 14)};
  return !says_more(at + 14) || take_more(from, window);
}

bool take(std::span<const std::byte>& from, Entry& entry) {
  const std::byte* const length_at = take_bytes(from, entry_length_bytes);
  if (length_at == nullptr) {
    return false;
  }
  const std::size_t length = get<std::uint16_t>(length_at);
  const std::byte* const at = take_bytes(from, length);
  if (at == nullptr) {
    return false;
  }
  std::optional<Entry> decoded = decode_entry({at, length});
  if (!decoded || !decoded->page.empty()) {
    return false;
  }
  entry = *std::move(decoded);
  return true;
}

}  // namespace sluice
