// SPDX-License-Identifier: Apache-2.0
// What a store says that has one place for all rows, and one table for all months.
#include "actors/tenant/store.hpp"

#include <utility>

namespace sluice {

Result<Rest> Store::prepare_months(Epoch /*epoch*/, WallTime /*now*/) {
  return Rest::none;
}

Result<std::vector<TenantDefinition>> Store::definitions(std::span<const TenantId> ids) {
  auto records = load(ids);
  if (!records.ok()) {
    return records.fault();
  }
  std::vector<TenantDefinition> definitions;
  for (TenantRecord& record : records.value()) {
    definitions.push_back(std::move(record.definition));
  }
  return definitions;
}

Result<Rest> Store::prepare_move(Epoch /*epoch*/, const TenantDefinition& /*definition*/,
                                 const Placement& to) {
  const auto accepted = accept_shared_only(to);
  return accepted.ok() ? Result<Rest>{Rest::none} : accepted.fault();
}

Result<Done> Store::move(const Deed& deed, const TenantDefinition& definition) {
  const auto accepted = accept_shared_only(definition.placement);
  return accepted.ok() ? replace(deed, definition) : accepted.fault();
}

Result<Rest> Store::sweep(Epoch /*epoch*/) {
  return Rest::none;
}

std::vector<std::vector<TenantId>> Store::apart(std::span<const TenantId> ids) {
  return {std::vector<TenantId>(ids.begin(), ids.end())};
}

Result<Done> accept_shared_only(const Placement& placement) {
  if (placement.isolation == Isolation::shared) {
    return Done{};
  }
  return Fault{FaultCode::invalid_argument,
               "isolation: " + std::string{to_string(placement.isolation)} +
                   " needs PostgreSQL; the embedded store has one file for all tenants"};
}

}  // namespace sluice
