// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/what_if.hpp"

#include <algorithm>

namespace sluice::ctl {

void WhatIfFindings::add(const WhatIfPage& page) {
  looked_at += page.looked_at;
  for (const WhatIfRow& row : page.rows) {
    if (row.found.refused > Amount{}) {
      ++refused_tenants;
    }
    rows.push_back(row);
  }
  std::ranges::stable_sort(rows, [](const WhatIfRow& a, const WhatIfRow& b) {
    return a.found.refused > b.found.refused;
  });
  rows.resize(std::min(rows.size(), rows_max));
}

}  // namespace sluice::ctl
