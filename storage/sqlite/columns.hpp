// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "actors/tenant/limit_names.hpp"
#include "storage/sqlite/rows.hpp"
#include "storage/sqlite/sqlite_fault.hpp"

namespace sluice {

/// How one column of a row is read: what no writer of ours can have written throws `DamagedRow`.

inline constexpr std::int64_t integer_max = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t checks_max = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::int64_t limit_id_max = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::int64_t meter_id_max = std::numeric_limits<std::uint16_t>::max();
/// The last whole minute that a `WallTime` can hold.
inline constexpr std::int64_t minute_max =
    std::chrono::floor<std::chrono::minutes>(WallTime::max()).time_since_epoch().count();

/// Says whose column is wrong, but only makes the text once something is.
struct Place {
  std::string_view table;
  std::optional<TenantId> tenant;

  [[noreturn]] void damaged(std::string_view column, const std::string& found) const {
    std::string text = "column " + std::string{column} + " of table " + std::string{table};
    if (tenant) {
      text += " for tenant " + to_string(*tenant);
    }
    throw DamagedRow(text + " holds " + found);
  }
};

inline std::int64_t read_integer(const Cursor& row, int column, std::string_view name,
                                 std::int64_t lower, std::int64_t upper, const Place& place) {
  const std::int64_t value = row.integer(column);
  if (row.is_null(column) || value < lower || value > upper) {
    place.damaged(name, row.is_null(column) ? "nothing" : std::to_string(value));
  }
  return value;
}

inline std::uint64_t read_count(const Cursor& row, int column, std::string_view name,
                                const Place& place) {
  return static_cast<std::uint64_t>(read_integer(row, column, name, 0, integer_max, place));
}

inline Amount read_amount(const Cursor& row, int column, std::string_view name,
                          const Place& place) {
  return Amount{read_count(row, column, name, place)};
}

inline std::optional<Amount> read_optional_amount(const Cursor& row, int column,
                                                  std::string_view name, const Place& place) {
  if (row.is_null(column)) {
    return std::nullopt;
  }
  return read_amount(row, column, name, place);
}

inline WallTime read_time(const Cursor& row, int column) {
  return WallTime{Duration{row.integer(column)}};
}

inline std::optional<WallTime> read_optional_time(const Cursor& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional{read_time(row, column)};
}

inline std::string read_text(const Cursor& row, int column, std::string_view name,
                             const Place& place) {
  std::string text{row.text(column)};
  if (text.empty()) {
    place.damaged(name, "nothing");
  }
  return text;
}

template <class Enum>
Enum read_enum(const Cursor& row, int column, std::string_view name, Enum last,
               const Place& place) {
  const std::string_view text = row.text(column);
  const std::optional<Enum> found = choice_named(text, last);
  if (!found) {
    place.damaged(name, '"' + std::string{text} + '"');
  }
  return *found;
}

}  // namespace sluice
