// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/ownership.hpp"
#include "actors/tenant/placement.hpp"

namespace sluice::postgres {

/// The schema that a tenant has when it has its own, beside `center`.
[[nodiscard]] std::string schema_of(const std::string& center, TenantId tenant);

/// Where tenants' rows are that are not among those of others, for all stores of a process.
///
/// A read looks a place up, reads there, and then asks whether anything was moved meanwhile
/// (`round`): if so it looks again. While the place of a tenant changes, those who ask for it wait.
///
/// Role       Memory of what the database says; only the owner of the shards moves tenants, so
///            nobody else changes it.
/// Threading  Any thread. `close` and `settle` by the writer of the owner.
/// Ownership  Shared by the stores.
/// Bounds     An entry for each tenant that is elsewhere.
/// Cost       A lock; a lookup in a map.
class Places {
public:
  using Elsewhere = std::map<TenantId, Placement>;
  struct Found {
    Placement placement;
    bool in_doubt = false;  ///< The database has to be asked.
  };

  /// What the database says, as a whole.
  void know(Elsewhere elsewhere);
  /// As it is now; null if all tenants are among each other and none is in doubt.
  [[nodiscard]] std::shared_ptr<const Elsewhere> elsewhere() const;
  /// Nothing if it is still being changed at the end of the patience.
  [[nodiscard]] std::optional<Found> find(TenantId tenant, std::chrono::milliseconds patience);
  /// Grows whenever the place of a tenant may have changed.
  [[nodiscard]] std::uint64_t round() const;
  [[nodiscard]] std::set<TenantId> doubtful() const;

  /// From here to `settle`, nobody reads the tenant.
  void close(TenantId tenant);
  /// Nothing: it is not known.
  void settle(TenantId tenant, const std::optional<Placement>& where);

  /// Instances have to be made ready again for a new epoch.
  void own(Epoch epoch);
  [[nodiscard]] Epoch epoch() const;
  [[nodiscard]] bool is_ready(const std::string& instance) const;
  /// For this epoch, unless there is another one by now.
  void ready(const std::string& instance, Epoch epoch);

private:
  mutable std::mutex mutex_;
  std::condition_variable settled_;
  std::shared_ptr<const Elsewhere> elsewhere_ = std::make_shared<const Elsewhere>();
  std::set<TenantId> doubtful_;
  std::optional<TenantId> closed_;
  std::uint64_t round_ = 0;
  Epoch epoch_;
  std::set<std::string> ready_;
};

}  // namespace sluice::postgres
