// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/tenant/strong.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// A tenant's UUID (RFC 9562) as two words, most significant first: what travels on the wire.
struct TenantId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend constexpr auto operator<=>(const TenantId&, const TenantId&) = default;
};

/// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`; anything else, and the nil UUID, is nothing.
[[nodiscard]] std::optional<TenantId> parse_tenant_id(std::string_view text);
[[nodiscard]] std::string to_string(TenantId id);

/// A UUIDv7 made of the instant and 74 random bits, which the caller supplies (only the low 12 bits
/// of `random_high` and the low 62 of `random_low` are used).
[[nodiscard]] TenantId make_tenant_id(WallTime now, std::uint64_t random_high,
                                      std::uint64_t random_low);

/// Names what a tenant was asked to do once: a reservation, or a check that may be repeated. Chosen
/// by the caller, unlike all others within the tenant; all zero is none.
struct EntryId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend constexpr auto operator<=>(const EntryId&, const EntryId&) = default;
};
/// Ids that begin with this are the tenant's own; no UUID does.
inline constexpr std::uint64_t reserved_id_high = ~std::uint64_t{0};

/// A meter's place in the server's meter table, from 1; small because it travels in every charge.
using MeterId = Strong<struct MeterIdTag, std::uint16_t>;

/// A limit within its tenant, from 1; never used again for another limit of that tenant.
using LimitId = Strong<struct LimitIdTag, std::uint32_t>;

/// Names a decision that can be explained, within its tenant; 0 is none.
using DecisionId = Strong<struct DecisionIdTag, std::uint64_t>;

/// Counts the changes of a tenant's definition, from 1; 0 is "does not exist yet".
using Version = Strong<struct VersionTag, std::uint64_t>;

/// The unit of ownership: a tenant belongs to one shard for ever.
using ShardId = Strong<struct ShardIdTag, std::uint16_t>;

/// How many shards there are; fixed when the data directory is made.
using ShardCount = Strong<struct ShardCountTag, std::uint16_t>;

/// XXH64 (seed 0) of the id's 16 bytes, most significant first, modulo the number of shards. Every
/// client and every later version must find the same shard, so this is part of the protocol.
[[nodiscard]] ShardId shard_of(TenantId id, ShardCount shards) noexcept;

}  // namespace sluice
