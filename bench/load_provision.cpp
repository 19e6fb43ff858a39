// SPDX-License-Identifier: Apache-2.0
#include "bench/load_provision.hpp"

namespace sluice::bench {

Result<Done> provision(client::OperatorClient& server, LimitPreset preset, const Quota& quota,
                       std::size_t tenants, const std::function<void(std::size_t)>& progress) {
  const Result<MeterTable> meters = server.meters();
  if (!meters.ok()) {
    return meters.fault();
  }
  const Result<std::vector<Limit>> limits = preset_limits(preset, meters.value(), quota);
  if (!limits.ok()) {
    return limits.fault();
  }
  for (std::size_t i = 0; i < tenants; ++i) {
    const TenantIndex tenant{static_cast<std::uint32_t>(i)};
    const auto created = server.create(load_tenant(preset, tenant, limits.value()));
    if (!created.ok() && created.fault().code != FaultCode::already_exists) {
      return created.fault();
    }
    progress(i + 1);
  }
  return Done{};
}

}  // namespace sluice::bench
