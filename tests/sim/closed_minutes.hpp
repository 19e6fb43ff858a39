// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "actors/tenant/usage.hpp"
#include "tests/sim/sim_database.hpp"
#include "tests/sim/trace.hpp"

namespace sluice::sim {

/// The minutes that servers have closed, with all their counts: the store's must be among them.
///
/// A minute may be closed more than once, when what closed it was lost in a crash; refusals that
/// nobody journalled are missing then.
class ClosedMinutes {
public:
  void closed(const UsageRow& row) {
    std::vector<UsageBucket>& known = minutes_[{row.tenant, row.bucket.meter, row.bucket.minute}];
    if (std::ranges::find(known, row.bucket) == known.end()) {
      known.push_back(row.bucket);
    }
  }

  /// Hours and days are the sums of their minutes, and each minute is as a server closed it.
  void check_stored(TenantId tenant, const SimDatabase::Row& row) const {
    std::map<MeterId, UsagePoint> minutes;
    for (const auto& [key, bucket] : row.minutes) {
      const auto known = minutes_.find({tenant, bucket.meter, bucket.minute});
      expect(known != minutes_.end() &&
                 std::ranges::find(known->second, bucket) != known->second.end(),
             "tenant ", number_of(tenant), " meter ", bucket.meter.raw(),
             " has a minute as nobody closed it");
      add(minutes[bucket.meter], bucket);
    }
    for (const auto* const points : {&row.hours, &row.days}) {
      std::map<MeterId, UsagePoint> sums;
      for (const auto& [key, point] : *points) {
        add(sums[point.meter], point);
      }
      expect(sums == minutes, "tenant ", number_of(tenant),
             " has other sums in its hours or days than in its minutes");
    }
  }

private:
  template <class Counts>
  static void add(UsagePoint& sum, const Counts& counts) {
    sum.used = sum.used + counts.used;
    sum.allowed += counts.allowed;
    sum.denied += counts.denied;
    sum.throttled += counts.throttled;
    sum.overage = sum.overage + counts.overage;
  }

  std::map<std::tuple<TenantId, MeterId, Minute>, std::vector<UsageBucket>> minutes_;
};

}  // namespace sluice::sim
