// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/entry_bytes_taken.hpp"

#include <algorithm>
#include <cstdint>

#include "actors/tenant/entry_bytes_sharing.hpp"

namespace sluice {

bool has_taken(const Entry& entry) noexcept {
  return !entry.counted.empty() || entry.given_back.has_value();
}

std::size_t taken_bytes_of(const Entry& entry) noexcept {
  return !has_taken(entry) ? 0
                           : 1 + entry.counted.size() * sizeof(std::uint32_t) + 1 +
                                 (entry.given_back ? sizeof(std::uint64_t) : 0) + 1;
}

EntryWriter put_taken(EntryWriter to, const Entry& entry) {
  to.put(static_cast<std::uint8_t>(entry.counted.size()));
  for (const LimitId limit : entry.counted) {
    to.put(limit.raw());
  }
  to.put(static_cast<std::uint8_t>(entry.given_back ? 1 : 0));
  if (entry.given_back) {
    to.put(*entry.given_back);
  }
  to.put(static_cast<std::uint8_t>(has_sharing(entry) ? 1 : 0));
  return to;
}

bool take_taken(EntryReader& from, Entry& entry) {
  const std::size_t count = from.get<std::uint8_t>();
  from.require(count <= limits_per_tenant_max && entry.state == EntryState::answered);
  for (std::size_t i = 0; i < std::min(count, limits_per_tenant_max); ++i) {
    entry.counted.push_back(LimitId{from.get<std::uint32_t>()});
  }
  const auto is_given_back = from.get<std::uint8_t>();
  if (is_given_back == 1) {
    entry.given_back = from.amount();
  }
  const auto is_shared = from.get<std::uint8_t>();
  from.require(is_given_back <= 1 && is_shared <= 1 && has_taken(entry));
  return is_shared == 1;
}

}  // namespace sluice
