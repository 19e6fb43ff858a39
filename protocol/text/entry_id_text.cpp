// SPDX-License-Identifier: Apache-2.0
#include "protocol/text/entry_id_text.hpp"

#include <fmt/format.h>

namespace sluice::text {

// Written like the ids of tenants.
Result<EntryId> parse_entry_id(std::string_view text) {
  const auto id = parse_tenant_id(text);
  if (!id) {
    return Fault{FaultCode::invalid_argument, fmt::format("'{}' is not a UUID", text)};
  }
  return EntryId{id->high, id->low};
}

std::string format_entry_id(EntryId id) {
  return to_string(TenantId{id.high, id.low});
}

EntryId make_entry_id(std::uint64_t random_high, std::uint64_t random_low) {
  constexpr std::uint64_t version_4 = 0x4000;
  constexpr std::uint64_t variant_rfc = std::uint64_t{1} << 63;
  constexpr std::uint64_t low_62_bits = (std::uint64_t{1} << 62) - 1;
  return EntryId{.high = (random_high & ~std::uint64_t{0xF000}) | version_4,
                 .low = variant_rfc | (random_low & low_62_bits)};
}

}  // namespace sluice::text
