// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <string>
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
    const UsageBucket& bucket = row.bucket;
    std::vector<UsageBucket>& known =
        minutes_[{row.tenant, {bucket.meter, bucket.part}, bucket.minute}];
    if (std::ranges::find(known, bucket) == known.end()) {
      known.push_back(bucket);
    }
  }

  /// Hours and days are the sums of their minutes, and each minute is as a server closed it. What
  /// was used by the values of a label is what was used in all, unless some of it is lost.
  void check_stored(TenantId tenant, const SimDatabase::Row& row, bool is_complete) const {
    std::map<SimDatabase::UsedPart, UsagePoint> minutes;
    for (const auto& [key, bucket] : row.minutes) {
      const auto known = minutes_.find({tenant, key.first, bucket.minute});
      expect(known != minutes_.end() &&
                 std::ranges::find(known->second, bucket) != known->second.end(),
             "tenant ", number_of(tenant), " meter ", bucket.meter.raw(),
             " has a minute as nobody closed it");
      add(minutes[key.first], bucket);
    }
    if (is_complete) {
      check_parts(tenant, row);
    }
    for (const auto* const points : {&row.hours, &row.days}) {
      std::map<SimDatabase::UsedPart, UsagePoint> sums;
      for (const auto& [key, point] : *points) {
        add(sums[key.first], point);
      }
      expect(sums == minutes, "tenant ", number_of(tenant),
             " has other sums in its hours or days than in its minutes");
    }
  }

private:
  using MinuteOfLabel = std::tuple<MeterId, Minute, std::string>;

  // Of refusals, which nobody journals, a crash may take more of the one than of the other.
  static void check_parts(TenantId tenant, const SimDatabase::Row& row) {
    std::map<MinuteOfLabel, Amount> used;
    for (const auto& [key, bucket] : row.minutes) {
      if (!bucket.part.is_whole()) {
        Amount& sum = used[{bucket.meter, bucket.minute, bucket.part->label}];
        sum = sum + bucket.used;
      }
    }
    for (const auto& [key, sum] : used) {
      const auto& [meter, minute, label] = key;
      const auto whole = row.minutes.find({{meter, PartRef{}}, minute});
      const std::uint64_t in_all = whole == row.minutes.end() ? 0 : whole->second.used.raw();
      expect(in_all == sum.raw(), "tenant ", number_of(tenant), " used ", sum.raw(), " by ", label,
             " in minute ", minute.raw(), " and ", in_all, " in all");
    }
  }

  template <class Counts>
  static void add(UsagePoint& sum, const Counts& counts) {
    sum.used = sum.used + counts.used;
    sum.allowed += counts.allowed;
    sum.denied += counts.denied;
    sum.throttled += counts.throttled;
    sum.overage = sum.overage + counts.overage;
    sum.price_micros += counts.price_micros;
  }

  std::map<std::tuple<TenantId, SimDatabase::UsedPart, Minute>, std::vector<UsageBucket>> minutes_;
};

}  // namespace sluice::sim
