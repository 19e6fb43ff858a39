// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/moving_tenants.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include "actors/tenant/usage_asked.hpp"

namespace sluice::test {

namespace {

constexpr std::uint32_t some_day = 20'000 * 24 * 60;  // Midnight of 2024-10-04, in minutes.

std::vector<UsagePoint> usage_of(Store& store, std::uint64_t number, Granularity granularity,
                                 std::string_view label = {}) {
  return store
      .usage({.tenant = tenant_id(number),
              .granularity = granularity,
              .points_max = 10'000,
              .label = std::string{label}})
      .value();
}

std::vector<UsagePoint> values_of(Store& store, std::uint64_t number) {
  std::vector<UsagePoint> all;
  for (const Granularity each : {Granularity::minute, Granularity::hour, Granularity::day}) {
    std::ranges::move(usage_of(store, number, each, every_label), std::back_inserter(all));
  }
  return all;
}

}  // namespace

void MovingTenants::SetUp() {
  restart();
  for (const std::uint64_t number : {moved, model}) {
    ASSERT_TRUE(done(store->create(deed(epoch), tenant_with_limits(number, 3))));
  }
}

void MovingTenants::restart() {
  store.reset();
  factory = nullptr;
  auto opened = database->open(ShardCount{64});
  ASSERT_TRUE(done(opened));
  factory = opened.value();
  store = factory().value();
  const auto acquired = store->acquire(claim(1));
  ASSERT_TRUE(done(acquired));
  epoch = acquired.value().epoch;
}

// Minutes of several months, and not in their order, as after the store was away.
SaveBatch MovingTenants::spent(std::uint64_t n) const {
  SaveBatch batch = counters_batch(epoch, {});
  const auto minute = static_cast<std::uint32_t>(some_day + (n * 37'813) % 130'000);
  for (const std::uint64_t number : {moved, model}) {
    batch.counters.push_back(counter(number, static_cast<std::uint32_t>(1 + n % 3), 10 * n));
    const UsageBucket bucket{MeterId{1}, Minute{minute}, Amount{n}, 1, 2, 3, Amount{n / 2}};
    batch.closed_usage.push_back({tenant_id(number), bucket});
    for (const char* const user : {"ann", "bob"}) {
      UsageBucket part = bucket;
      part.part = PartRef{{"user", user}};
      batch.closed_usage.push_back({tenant_id(number), part});
      part.meter = MeterId{2};
      batch.open_usage.push_back({tenant_id(number), part});
    }
    batch.open_usage.push_back({tenant_id(number), {MeterId{2}, Minute{minute}, Amount{n}}});
    ClosedWindow window{LimitId{1}, MeterId{1}, start_of(Minute{minute}), Amount{n + 1}};
    batch.closed_windows.push_back({tenant_id(number), window});
    window.paid_by = EntryId{7, n};
    batch.closed_windows.push_back({tenant_id(number), window});
    batch.entries.push_back(entry(number, EntryId{1, n}));
    if (n > 4) {
      batch.forgotten.push_back({tenant_id(number), EntryId{1, n - 4}});
    }
  }
  return batch;
}

void MovingTenants::change_managed(const std::string& user) {
  for (const std::uint64_t number : {moved, model}) {
    TenantDefinition counted = next(definition(number));
    ++counted.membership.members;
    ASSERT_TRUE(done(store->change_members(
        deed(epoch), MemberChange{counted, {Member{.user_id = user, .role = "viewer"}}})));
    Customised custom = store->customisation(tenant_id(number)).value();
    custom.custom.version = Version{custom.custom.version.raw() + 1};
    custom.custom.css = "/* " + user + " */";
    ASSERT_TRUE(done(store->change_customisation(
        deed(epoch), {.tenant = tenant_id(number), .put = custom.custom, .after = custom})));
  }
}

AllOfATenant MovingTenants::all_of(std::uint64_t number) {
  const TenantId id = tenant_id(number);
  TenantRecord record = store->load({&id, 1}).value().at(0);
  return {record.counters,
          record.open_usage,
          record.entries,
          usage_of(*store, number, Granularity::minute),
          usage_of(*store, number, Granularity::hour),
          usage_of(*store, number, Granularity::day),
          values_of(*store, number),
          store->closed_windows(id).value(),
          store->members({.tenant = id}).value().members,
          store->customisation(id).value().custom};
}

void MovingTenants::expect_nothing_lost(const std::string& after) {
  const AllOfATenant is = all_of(moved);
  const AllOfATenant should_be = all_of(model);
  EXPECT_EQ(is.counters, should_be.counters) << after;
  EXPECT_EQ(is.minutes, should_be.minutes) << after;
  EXPECT_EQ(is.hours, should_be.hours) << after;
  EXPECT_EQ(is.days, should_be.days) << after;
  EXPECT_EQ(is.values, should_be.values) << after;
  EXPECT_EQ(is.members, should_be.members) << after;
  EXPECT_TRUE(is == should_be) << after;
}

Result<Done> MovingTenants::move(const Placement& to) {
  for (Rest rest = Rest::some; rest == Rest::some;) {
    const auto prepared = prepare(to);
    if (!prepared.ok()) {
      return prepared.fault();
    }
    rest = prepared.value();
  }
  const auto finished = finish(to);
  sweep_all();
  return finished;
}

void MovingTenants::sweep_all() {
  for (Rest rest = Rest::some; rest == Rest::some;) {
    const auto swept = store->sweep(epoch);
    ASSERT_TRUE(done(swept));
    rest = swept.value();
  }
}

int MovingTenants::rows_at(const Placement& where) const {
  int rows = 0;
  for (const char* table :
       {"usage_minutes", "usage_hours", "usage_days", "closed_windows", "grant_payments",
        "counters", "open_usage", "entries", "open_usage_values", "usage_value_minutes",
        "usage_value_hours", "usage_value_days"}) {
    rows += std::stoi(database->run_at(where, tenant_id(moved),
                                       std::string{"SELECT count(*) FROM "}
                                           .append(table)
                                           .append(" WHERE tenant = '")
                                           .append(to_string(tenant_id(moved)) + "'")));
  }
  return rows;
}

}  // namespace sluice::test
