// SPDX-License-Identifier: Apache-2.0
// The part of the store that is about customisations and domains.
#include "storage/sqlite/sqlite_store_impl.hpp"

namespace sluice {

Result<Customised> SqliteStore::customisation(TenantId tenant) {
  return attempt<Customised>([&] {
    const Transaction snapshot{connection_, Transaction::Kind::read};
    return customisations_.find(tenant);
  });
}

Result<Done> SqliteStore::change_customisation(const Deed& deed,
                                               const CustomisationChange& change) {
  return write_as<Done>(deed, [&]() -> Result<Done> {
    if (!statements_.tenant(change.tenant)) {
      return Fault{FaultCode::not_found, "there is no tenant " + to_string(change.tenant)};
    }
    return customisations_.write(change);
  });
}

Result<std::vector<HostedDomain>> SqliteStore::hosted_domains() {
  return attempt<std::vector<HostedDomain>>([&] { return customisations_.hosted(); });
}

Result<std::vector<HostedDomain>> SqliteStore::pending_domains(WallTime added_before,
                                                               std::size_t count_max) {
  return attempt<std::vector<HostedDomain>>(
      [&] { return customisations_.pending(added_before, count_max); });
}

}  // namespace sluice
