// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/runtime/memory_usage_store.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include "actors/tenant/usage_asked.hpp"

namespace sluice::testing {
namespace {

template <class Sums>
void add_minute(Sums& sums, const UsageBucket& minute) {
  sums.used = sums.used + minute.used;
  sums.allowed += minute.allowed;
  sums.denied += minute.denied;
  sums.throttled += minute.throttled;
  sums.overage = sums.overage + minute.overage;
}

bool is_whole(const UsageRow& row) {
  return row.bucket.part.is_whole();
}

/// Whether the query tells of all, or of this part.
bool is_meant(const UsageQuery& query, const PartRef& part) {
  return query.label.empty()
             ? part.is_whole()
             : !part.is_whole() && (query.label == every_label || part->label == query.label) &&
                   (!query.value || (part->value == *query.value && !part->others));
}

WallTime start_in(const UsageRow& row, Granularity granularity) {
  return bucket_start(start_of(row.bucket.minute), granularity);
}

bool within(const UsageRange& range, const UsageRow& row) {
  const WallTime start = start_in(row, range.granularity);
  return start >= range.from && start < range.to;
}

}  // namespace

void MemoryUsageStore::each_minute(const std::function<void(const UsageRow&)>& each) const {
  std::ranges::for_each(database_.closed_usage_, each);
  for (const auto& [id, record] : database_.tenants_) {
    for (const UsageBucket& open : record.open_usage) {
      const bool closed =
          std::ranges::any_of(database_.closed_usage_, [&, id = id](const UsageRow& row) {
            return row.tenant == id && row.bucket.meter == open.meter &&
                   row.bucket.part == open.part && row.bucket.minute == open.minute;
          });
      if (!closed) {
        each({id, open});
      }
    }
  }
}

std::vector<UsagePoint> MemoryUsageStore::sums(
    const UsageRange& range, const std::function<bool(const UsageRow&)>& wanted) const {
  std::map<std::tuple<WallTime, MeterId, PartRef>, UsagePoint> by_start;
  each_minute([&](const UsageRow& row) {
    if (within(range, row) && wanted(row)) {
      const WallTime start = start_in(row, range.granularity);
      const UsageBucket& bucket = row.bucket;
      const UsagePoint nothing{
          .meter = bucket.meter, .start = start, .used = {}, .part = bucket.part};
      UsagePoint& sum =
          by_start.try_emplace({start, bucket.meter, bucket.part}, nothing).first->second;
      add_minute(sum, bucket);
      sum.price_micros += bucket.price_micros;
    }
  });
  std::vector<UsagePoint> points;
  for (const auto& [key, point] : by_start) {
    points.push_back(point);
  }
  return points;
}

bool MemoryUsageStore::is_of(const std::string& tier, TenantId tenant) const {
  const auto found = database_.tenants_.find(tenant);
  return found != database_.tenants_.end() &&
         (tier.empty() || found->second.definition.tier == tier);
}

Result<std::vector<UsagePoint>> MemoryUsageStore::usage(const UsageQuery& query) {
  auto guard = database_.enter();
  if (std::exchange(database_.hold_next_history_, false)) {
    database_.history_held_ = true;
    database_.asked();
    database_.changed_.wait(guard, [this] { return !database_.history_held_; });
  }
  if (database_.read_fault_) {
    return *database_.read_fault_;
  }
  auto points = sums({query.granularity, query.from, query.to}, [&](const UsageRow& row) {
    return row.tenant == query.tenant && (!query.meter || row.bucket.meter == *query.meter) &&
           is_meant(query, row.bucket.part);
  });
  points.resize(std::min(points.size(), query.points_max), UsagePoint{});
  return points;
}

Result<std::vector<TopTenant>> MemoryUsageStore::top_tenants(const TopQuery& query) {
  const auto guard = database_.enter();
  if (database_.read_fault_) {
    return *database_.read_fault_;
  }
  std::map<TenantId, TopTenant> all;
  each_minute([&](const UsageRow& row) {
    if (within(query.range, row) && is_whole(row) && is_of(query.tier, row.tenant) &&
        (!query.meter || row.bucket.meter == *query.meter)) {
      add_minute(all.try_emplace(row.tenant, TopTenant{.id = row.tenant}).first->second,
                 row.bucket);
    }
  });
  std::vector<TopTenant> top;
  for (auto& [id, tenant] : all) {
    if (sum_of(tenant, query.by) > 0) {
      const TenantDefinition& definition = database_.tenants_.at(id).definition;
      tenant.slug = definition.slug;
      tenant.name = definition.name;
      tenant.tier = definition.tier;
      if (!query.meter) {
        tenant.used = tenant.overage = Amount{};
      }
      top.push_back(tenant);
    }
  }
  std::ranges::sort(
      top, [&](const TopTenant& a, const TopTenant& b) { return ranks_before(a, b, query.by); });
  top.resize(std::min(top.size(), query.count));
  return top;
}

Result<std::vector<UsagePoint>> MemoryUsageStore::usage_of_all(const PlatformUsageQuery& query) {
  const auto guard = database_.enter();
  if (database_.read_fault_) {
    return *database_.read_fault_;
  }
  auto points = sums(query.range, [&](const UsageRow& row) {
    return is_whole(row) && is_of(query.tier, row.tenant) &&
           (!query.meter || row.bucket.meter == *query.meter);
  });
  for (UsagePoint& point : points) {
    point.price_micros = 0;  // Currencies differ.
  }
  return points;
}

// All on one page.
Result<BusyPage> MemoryUsageStore::busy_hours(const BusyQuery& query) {
  const auto guard = database_.enter();
  if (database_.read_fault_) {
    return *database_.read_fault_;
  }
  std::map<std::pair<TenantId, MeterId>, std::map<WallTime, Amount>> hours;
  each_minute([&](const UsageRow& row) {
    if (!is_whole(row)) {
      return;
    }
    Amount& used = hours[{row.tenant, row.bucket.meter}][start_in(row, Granularity::hour)];
    used = used + row.bucket.used;
  });
  BusyPage page;
  for (auto& [key, used] : hours) {
    ComparedHour hour{.tenant = key.first, .meter = key.second, .hour = query.hour};
    hour.used = used[query.hour];
    hour.weeks = weeks_in_use(query.hour, bucket_start(used.begin()->first, Granularity::day));
    for (std::size_t week = 0; week < hour.weeks; ++week) {
      hour.earlier[week] = used[query.hour - one_week * static_cast<std::int64_t>(week + 1)];
    }
    if (hour.used > query.above) {
      page.hours.push_back(hour);
    }
  }
  database_.asked();
  return page;
}

// Hours and days are sums of minutes here, so only those go that no day needs any more.
Result<Rest> MemoryUsageStore::forget_usage(Epoch epoch, const UsageForgetting& what) {
  const auto forgotten = database_.write(epoch, [&] {
    std::erase_if(database_.closed_usage_, [&](const UsageRow& row) {
      return start_of(row.bucket.minute) < what.days_before;
    });
    return Done{};
  });
  database_.asked();
  return forgotten.ok() ? Result<Rest>{Rest::none} : forgotten.fault();
}

}  // namespace sluice::testing
