// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/counter.hpp"
#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/meter.hpp"

namespace sluice {

/// A tenant as it is stored: what was decided about it and what it has spent.
struct TenantRecord {
  TenantDefinition definition;
  std::vector<Counter> counters;
};

struct CounterRow {
  TenantId tenant;
  Counter counter;
};

/// Which tenants to list. Empty texts match all; `text` is looked for in name and slug.
struct TenantQuery {
  std::string tier;
  std::string text;
  std::optional<TenantId> after;  ///< The cursor: list only ids above this one.
  std::size_t page_size = 50;     ///< 1 to `page_size_max`.
};
inline constexpr std::size_t page_size_max = 1000;

struct TenantPage {
  std::vector<TenantDefinition> tenants;  ///< In the order of their ids.
  bool more = false;                      ///< Whether there are tenants after the last one here.
};

/// Keeps tenants and what they spent across restarts.
///
/// Role       The port to a database. Blocking; called only by actors that own a thread.
/// Threading  One instance for each thread; instances of one database may work side by side.
/// Ownership  Owns its connection.
/// Errors     `unavailable`: nothing was changed, try again. `outcome_unknown`: may have been done.
///            `data_damaged`: what was read cannot be right. Others as said below.
/// Cost       Each call that writes is one transaction.
class Store {
public:
  virtual ~Store() = default;

  /// Fixed when the database was made.
  [[nodiscard]] virtual Result<ShardCount> shards() = 0;

  [[nodiscard]] virtual Result<MeterTable> meters() = 0;
  /// Adds a meter with the next id. `already_exists` if the name is taken, `limit_exceeded` if the
  /// table is full.
  [[nodiscard]] virtual Result<Meter> define_meter(std::string_view name,
                                                   std::string_view unit) = 0;

  /// The tenants among these ids that exist, in no particular order.
  [[nodiscard]] virtual Result<std::vector<TenantRecord>> load(std::span<const TenantId> ids) = 0;
  [[nodiscard]] virtual Result<std::optional<TenantId>> resolve(std::string_view slug) = 0;
  [[nodiscard]] virtual Result<TenantPage> list(const TenantQuery& query) = 0;

  /// Writes a tenant that must be new. `already_exists` names the id or the slug.
  [[nodiscard]] virtual Result<Done> create(const TenantDefinition& definition) = 0;
  /// Replaces a tenant's definition and its limits, if the stored version is the one before.
  /// Counters of limits that are gone are deleted, the others stay. `not_found`, `conflict`, or
  /// `already_exists` for a slug that is taken.
  [[nodiscard]] virtual Result<Done> replace(const TenantDefinition& definition) = 0;
  /// Deletes a tenant with everything that belongs to it. `not_found` if there is none.
  [[nodiscard]] virtual Result<Done> remove(TenantId id) = 0;

  /// Writes counters as absolute values, all or none. Rows of tenants or limits that do not exist
  /// (they were deleted meanwhile) are passed over.
  [[nodiscard]] virtual Result<Done> save(std::span<const CounterRow> rows) = 0;
};

/// Opens one more connection to the same database.
using StoreFactory = std::function<Result<std::unique_ptr<Store>>()>;

}  // namespace sluice
