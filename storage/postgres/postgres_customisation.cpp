// SPDX-License-Identifier: Apache-2.0
// The part of the store that is about customisations and domains.
#include "storage/postgres/customisation_statements.hpp"
#include "storage/postgres/postgres_store_impl.hpp"

namespace sluice::postgres {

Result<Customised> PostgresStore::customisation(TenantId tenant) {
  return read_of<Customised>(
      tenant, [&](Transaction& transaction) { return select_customisation(transaction, tenant); });
}

// Not confined to the tenant: how many domains there are in all counts, too.
Result<Done> PostgresStore::change_customisation(const Deed& deed,
                                                 const CustomisationChange& change) {
  return write_as<Done>(
      deed, [&](Transaction& transaction) { return write_customisation(transaction, change); });
}

Result<std::vector<HostedDomain>> PostgresStore::hosted_domains() {
  return read<std::vector<HostedDomain>>(select_hosted);
}

}  // namespace sluice::postgres
