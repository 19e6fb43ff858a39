// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/tenant/fault.hpp"

namespace sluice {

/// How far the rows of a tenant are apart from those of others.
enum class Isolation : std::uint8_t {
  shared,              ///< They stand in the same tables.
  dedicated_schema,    ///< In tables of their own, in the same database.
  dedicated_instance,  ///< In another database.
};

/// Where the rows of a tenant are.
struct Placement {
  Isolation isolation = Isolation::shared;
  std::string instance{};  ///< Which other database: `[a-z0-9_-]{1,32}`; otherwise empty.
  friend auto operator<=>(const Placement&, const Placement&) = default;
};

/// The feature that a tenant needs to be anywhere else than among others.
inline constexpr std::string_view isolation_feature = "dedicated_schema";
inline constexpr std::size_t instance_name_bytes_max = 32;

[[nodiscard]] bool is_instance_name(std::string_view text);

/// `shared`, and so on: the name of the enumerator.
[[nodiscard]] std::string_view to_string(Isolation isolation);
[[nodiscard]] std::optional<Isolation> parse_isolation(std::string_view text);

/// With the instance: `dedicated_instance=eu-1`.
[[nodiscard]] std::string to_string(const Placement& placement);
[[nodiscard]] std::optional<Placement> parse_placement(std::string_view text);

/// A fault begins with `isolation` or `instance`.
[[nodiscard]] Result<Done> validate(const Placement& placement);

}  // namespace sluice
