// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/shared_part.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "storage/journal/bytes.hpp"

namespace sluice {

namespace {

template <class Id>
std::byte* put_shared_id(std::byte* at, const Id& id) noexcept {
  return put(put(at, id.high), id.low);
}

template <class Id>
Id get_shared_id(const std::byte* at) noexcept {
  Id id;
  id.high = get<std::uint64_t>(at);
  id.low = get<std::uint64_t>(at + 8);
  return id;
}

}  // namespace

std::byte* encode(const SharedHourRow& row, std::byte* at) noexcept {
  at = put_shared_id(at, row.hour.grant);
  at = put_shared_id(at, row.hour.policy);
  at = put_shared_id(at, row.owner);
  at = put(at, row.hour.hour.raw());
  at = put(at, row.hour.uses);
  at = put(at, row.hour.units.raw());
  return put(at, row.hour.denied);
}

bool take(std::span<const std::byte>& from, SharedHourRow& row) noexcept {
  if (from.size() < shared_part_bytes) {
    return false;
  }
  const std::byte* const at = from.data();
  from = from.subspan(shared_part_bytes);
  const std::array counts{get<std::uint64_t>(at + 52), get<std::uint64_t>(at + 60),
                          get<std::uint64_t>(at + 68)};
  if (std::ranges::any_of(counts, [](std::uint64_t one) { return one > Amount::max_raw; })) {
    return false;
  }
  row.owner = get_shared_id<TenantId>(at + 32);
  row.hour = {.grant = get_shared_id<SharingId>(at),
              .policy = get_shared_id<PolicyId>(at + 16),
              .hour = Hour{get<std::uint32_t>(at + 48)},
              .uses = counts[0],
              .units = Amount{counts[1]},
              .denied = counts[2]};
  return row.hour.grant != SharingId{} && row.hour.hour != Hour{} && row.owner != TenantId{};
}

}  // namespace sluice
