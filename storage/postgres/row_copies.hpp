// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// A table whose rows go where their tenant is.
struct PlaceTable {
  /// What the rows of the table are found by, in time; none are state, which is small.
  enum class Time : std::uint8_t { none, start, ended_at_ns };
  const char* name;
  const char* key;  ///< Beside the tenant; begins with the time.
  Time time = Time::none;
  Duration span{1};  ///< Of time that a row is about: it begins at a multiple of that.
  /// Written in one transaction with the definition, and so always in its database.
  bool managed = false;
};

/// All of them: every table with rows of tenants is either here or of the center alone, which are
/// tenants, limits, domains, the audit, alerts, all of sharing, which two tenants see, and what
/// finds tenants by others' names.
inline constexpr std::array place_tables{
    PlaceTable{"usage_minutes", "start, meter", PlaceTable::Time::start, std::chrono::minutes{1}},
    PlaceTable{"usage_hours", "start, meter", PlaceTable::Time::start, std::chrono::hours{1}},
    PlaceTable{"usage_days", "start, meter", PlaceTable::Time::start, std::chrono::hours{24}},
    PlaceTable{"usage_value_minutes", "start, meter, part", PlaceTable::Time::start,
               std::chrono::minutes{1}},
    PlaceTable{"usage_value_hours", "start, meter, part", PlaceTable::Time::start,
               std::chrono::hours{1}},
    PlaceTable{"usage_value_days", "start, meter, part", PlaceTable::Time::start,
               std::chrono::hours{24}},
    PlaceTable{"closed_windows", "ended_at_ns, limit_id", PlaceTable::Time::ended_at_ns},
    PlaceTable{"grant_payments", "ended_at_ns, limit_id, paid_by", PlaceTable::Time::ended_at_ns},
    PlaceTable{"counters", "limit_id"},
    PlaceTable{"open_usage", "meter"},
    PlaceTable{"open_usage_values", "meter, part"},
    PlaceTable{"entries", "id"},
    PlaceTable{"members", "user_id", PlaceTable::Time::none, Duration{1}, true},
    PlaceTable{"customisations", "", PlaceTable::Time::none, Duration{1}, true}};

/// Behind which row of a table with time to go on.
struct RowMark {
  static constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  WallTime at = WallTime::min();
  std::int64_t number = lowest;
  /// What is third in the key, if anything is.
  std::string third = "00000000-0000-0000-0000-000000000000";
};
/// Before the row of a table that has this instant in it, and all later ones.
[[nodiscard]] RowMark before_row_of(const PlaceTable& table, WallTime at);

/// Rows of one table on their way to another place.
struct Parcel {
  const PlaceTable* table;
  std::string rows;  ///< JSON.
  std::size_t count = 0;
  WallTime first{};  ///< Of a table with time; so is `last`.
  RowMark last{};
};

/// Up to so many rows of the tenant behind the mark, in their order; of a table without time all.
[[nodiscard]] Parcel read_rows(Transaction& transaction, TenantId tenant, const PlaceTable& table,
                               const RowMark& after, std::size_t rows_max);
/// Puts the rows in place of those of their keys. Their partitions must exist; counters of limits
/// that do not are passed over.
void write_rows(Transaction& transaction, const Parcel& parcel);
/// Deletes up to so many rows of the tenant; all of state. Returns how many.
std::size_t delete_rows(Transaction& transaction, TenantId tenant, const PlaceTable& table,
                        std::size_t rows_max);

}  // namespace sluice::postgres
