// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "actors/tenant/definition.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/meter.hpp"
#include "ops/demo_replay/sample.hpp"

namespace sluice::demo {

/// The meters that every request of the demo is charged on, both or neither.
struct Meters {
  MeterId requests;
  MeterId tokens;
};
[[nodiscard]] Result<Meters> find_meters(const MeterTable& meters);

inline constexpr std::size_t customers_count = 40;

/// What a tier allows, scaled to the sample so that free tenants run out, starters come close and
/// enterprises never notice. Each has a window on requests (a month), one on tokens (a day), and a
/// rate on requests.
///
/// | tier              | requests a month | tokens a day | enforcement | rate             |
/// | demo-free         | 1/160 of all     | 1/150        | block       | 1/40 of the mean |
/// | demo-starter      | 1/13             | 1/26         | block       | 1/5              |
/// | demo-professional | 1/2              | 1/6          | alert       | the mean         |
/// | demo-enterprise   | unlimited        | unlimited    |             | 4 times          |
[[nodiscard]] std::vector<Limit> limits_of_tier(const std::string& tier, const SampleSize& size,
                                                const Meters& meters);

/// The tenant of each rank: the one at 0 is asked for the most.
[[nodiscard]] TenantDefinition customer(std::size_t rank, const SampleSize& size,
                                        const Meters& meters);

/// In the order of the ranks.
[[nodiscard]] std::vector<std::string> customer_slugs();

}  // namespace sluice::demo
