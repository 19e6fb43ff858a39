// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "actors/tenant/check.hpp"
#include "actors/tenant/definition.hpp"
#include "bench/tenant_draw.hpp"
#include "ops/demo_replay/customers.hpp"
#include "protocol/client/client.hpp"
#include "protocol/client/operator_client.hpp"

namespace sluice::demo {

/// What the client was answered, tenant by tenant: kept beside the server, to hold it to its
/// promises.
///
/// Role       An account of admitted amounts and refusals; knows no limits.
/// Threading  Confined; callers keep their own and `merge` them.
/// Units      Requests are counted, tokens added up.
class Books {
public:
  struct Page {
    std::uint64_t requests = 0;  ///< Admitted.
    Amount tokens;               ///< Admitted.
    std::uint64_t denied = 0;
    std::map<LimitId, std::uint64_t> denied_by;
    std::uint64_t unanswered = 0;  ///< Any other outcome.
  };

  Books() : pages_(customers_count) {}

  void enter(bench::TenantIndex tenant, Amount tokens, const client::Answer& answer);
  void merge(const Books& other);

  [[nodiscard]] const std::vector<Page>& pages() const { return pages_; }
  [[nodiscard]] Page total() const;

private:
  std::vector<Page> pages_;
};

/// Holds the server to what it promised, at a moment when nothing is in flight: never more admitted
/// than a blocking window allows, nor by a rate in the time that passed; and on every window the
/// server has counted exactly what was admitted, so nothing is lost and nothing counted twice.
/// Each broken promise is one sentence. `usage` is in the order of the ranks;
/// `passed` is the server's time since the tenants were created, within one day.
[[nodiscard]] std::vector<std::string> broken_promises(
    const Books& books, const Meters& meters, const std::vector<client::UsageReport>& usage,
    Duration passed);

}  // namespace sluice::demo
