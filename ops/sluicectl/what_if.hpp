// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "actors/tenant/what_if.hpp"

namespace sluice::ctl {

/// What a limit would have refused, gathered over all pages.
struct WhatIfFindings {
  WhatIfQuery query;
  std::size_t rows_max = 0;
  std::vector<WhatIfRow> rows;      ///< The worst first; at most `rows_max`.
  std::size_t looked_at = 0;        ///< Tenants.
  std::size_t refused_tenants = 0;  ///< Of which something would have been refused.

  /// Keeps the worst rows.
  void add(const WhatIfPage& page);
  /// False if there are more rows than are kept.
  [[nodiscard]] bool complete() const { return rows.size() >= refused_tenants; }
};

}  // namespace sluice::ctl
