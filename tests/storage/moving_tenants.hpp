// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/storage/postgres_stores.hpp"
#include "tests/storage/store_contract.hpp"

namespace sluice::test {

inline const Placement among_others{};
inline const Placement own_schema{Isolation::dedicated_schema};
inline const Placement in_instance_other{Isolation::dedicated_instance, "other"};

/// All that a store tells of a tenant, but who it is.
struct AllOfATenant {
  std::vector<Counter> counters;
  std::vector<UsageBucket> open_usage;
  std::vector<Entry> entries;
  std::vector<UsagePoint> minutes;
  std::vector<UsagePoint> hours;
  std::vector<UsagePoint> days;
  std::vector<UsagePoint> values;  ///< Of labels, by the minute, the hour and the day.
  std::vector<ClosedWindow> windows;
  std::vector<Member> members;
  Customisation custom;
  friend bool operator==(const AllOfATenant&, const AllOfATenant&) = default;
};

/// A database with an instance, and two tenants to whom the same happens: 1 is moved about, 2 is
/// the model, which stays.
class MovingTenants : public testing::Test {
protected:
  static constexpr std::uint64_t moved = 1;
  static constexpr std::uint64_t model = 2;

  void SetUp() override;
  /// As a server that was killed and started, with instances as of `database->options`.
  void restart();

  /// A batch of what both spent: number `n` of some that are all different.
  [[nodiscard]] SaveBatch spent(std::uint64_t n) const;
  void spend(std::uint64_t n) { ASSERT_TRUE(done(store->save(spent(n)))); }
  /// Puts a member of this name, and a customisation, to both.
  void change_managed(const std::string& user);

  [[nodiscard]] AllOfATenant all_of(std::uint64_t number);
  void expect_nothing_lost(const std::string& after);

  [[nodiscard]] TenantDefinition definition(std::uint64_t number) {
    return store->load(std::vector{tenant_id(number)}).value().at(0).definition;
  }
  [[nodiscard]] TenantDefinition definition_at(const Placement& to) {
    TenantDefinition next_one = next(definition(moved));
    next_one.placement = to;
    return next_one;
  }
  [[nodiscard]] Result<Rest> prepare(const Placement& to) {
    return store->prepare_move(epoch, definition(moved), to);
  }
  [[nodiscard]] Result<Done> finish(const Placement& to) {
    return store->move(deed(epoch), definition_at(to));
  }
  /// From the beginning to the end, and nothing left behind.
  [[nodiscard]] Result<Done> move(const Placement& to);
  void sweep_all();
  [[nodiscard]] std::string leftovers() const {
    return database->run("SELECT count(*) FROM leftovers");
  }
  /// How many rows of the moved tenant a place has, in all tables that have what it spent.
  [[nodiscard]] int rows_at(const Placement& where) const;

  std::unique_ptr<PostgresDatabase> database = PostgresDatabase::with_instance();
  StoreFactory factory;
  std::unique_ptr<Store> store;
  Epoch epoch;
};

}  // namespace sluice::test
