// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"

namespace sluice::text {

/// Reads a UUID; the nil UUID names nothing and is refused.
[[nodiscard]] Result<EntryId> parse_entry_id(std::string_view text);

[[nodiscard]] std::string format_entry_id(EntryId id);

/// A UUIDv4 made of 122 of these bits.
[[nodiscard]] EntryId make_entry_id(std::uint64_t random_high, std::uint64_t random_low);

}  // namespace sluice::text
