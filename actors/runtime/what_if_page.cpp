// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/what_if_page.hpp"

#include <span>
#include <utility>
#include <vector>

namespace sluice {
namespace {

/// Counts in `read` the buckets that it reads.
Result<WhatIfRow> judge(Store& store, const TenantDefinition& tenant, const WhatIfQuery& query,
                        std::size_t& read) {
  auto what_if = WhatIf::of(query.limit, tenant, query.granularity);
  if (!what_if.ok()) {
    return what_if.fault();
  }
  UsageQuery usage{tenant.id,  query.limit.meter, query.granularity,
                   query.from, query.to,          usage_points_max};
  for (bool more = true; more;) {
    const auto points = store.usage(usage);
    if (!points.ok()) {
      return points.fault();
    }
    read += points.value().size();
    for (const UsagePoint& point : points.value()) {
      what_if.value().add(point.start, point.used);
    }
    more = points.value().size() == usage.points_max;
    if (more) {
      usage.from = points.value().back().start + length_of(query.granularity);
    }
  }
  return WhatIfRow{tenant.id, tenant.slug, what_if.value().found()};
}

Result<WhatIfPage> read_one(Store& store, const WhatIfQuery& query) {
  const auto found = store.load(std::span{&*query.tenant, 1});
  if (!found.ok()) {
    return found.fault();
  }
  if (found.value().empty()) {
    return Fault{FaultCode::not_found, "tenant " + to_string(*query.tenant) + " does not exist"};
  }
  std::size_t read = 0;
  auto row = judge(store, found.value().front().definition, query, read);
  if (!row.ok()) {
    return row.fault();
  }
  return WhatIfPage{{std::move(row).value()}, 1, {}};
}

}  // namespace

Result<WhatIfPage> read_what_if(Store& store, const WhatIfQuery& query) {
  if (query.tenant) {
    return read_one(store, query);
  }
  const auto listed = store.list({query.tier, {}, query.after, query.page_size});
  if (!listed.ok()) {
    return listed.fault();
  }
  const std::vector<TenantDefinition>& tenants = listed.value().tenants;
  WhatIfPage page;
  std::size_t read = 0;
  while (page.looked_at < tenants.size() && read < what_if_page_points_max) {
    auto row = judge(store, tenants[page.looked_at++], query, read);
    if (!row.ok()) {
      return row.fault();
    }
    if (row.value().found.refused > Amount{}) {
      page.rows.push_back(std::move(row).value());
    }
  }
  if (page.looked_at > 0 && (page.looked_at < tenants.size() || listed.value().more)) {
    page.next = tenants[page.looked_at - 1].id;
  }
  return page;
}

}  // namespace sluice
