// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "actors/runtime/write_behind.hpp"
#include "tests/actors/runtime/tenants.hpp"

namespace sluice::testing {

using namespace std::chrono_literals;
using Numbers = std::vector<std::uint64_t>;

inline UsageRow minute_row(std::uint64_t number, std::uint32_t minute = 1) {
  return {tenant(number), UsageBucket{requests, Minute{minute}, Amount{1}, 1}};
}
inline WindowRow window_row(std::uint64_t number) {
  return {tenant(number), ClosedWindow{first_limit, requests, WallTime{}, Amount{1}}};
}
inline AuditRow audit_row(std::uint64_t number, std::uint64_t change = 1) {
  AuditRow row{EntryId{1, change}, {}};
  row.what.tenant = tenant(number);
  return row;
}

/// What journals held of these tenants: that each has used seven.
inline Recovered recovered_of(const Numbers& numbers) {
  Recovered recovered;
  const Counter counter{first_limit, Amount{7}, wall_time_never, {}};
  for (const std::uint64_t number : numbers) {
    recovered.apply({.tenant = tenant(number), .shard = ShardId{0}, .counters = {&counter, 1}});
  }
  return recovered;
}

/// Tenants that spend, and the store that is told of it: the test is both, and the journal, too.
class WriteBehindFixture : public ::testing::Test {
protected:
  explicit WriteBehindFixture(const Numbers& recovered = {}, std::size_t flush_rows_max = 50'000)
      : write_behind{
            table,
            {.flush_tenants_max = 3, .history_rows_max = 4, .flush_rows_max = flush_rows_max},
            Epoch{5},
            ShardCount{64},
            recovered_of(recovered)} {}

  HostedTenant& resident(std::uint64_t number) {
    HostedTenant* const found = table.find(tenant(number));
    return found != nullptr ? *found : table.insert(tenant(number), rules, {}, at(0s));
  }
  /// The tenant spends one more.
  HostedTenant& spend(std::uint64_t number) {
    HostedTenant& hosted = resident(number);
    const Charge charge{requests, Amount{1}};
    Decision decision;
    Happenings happenings;
    hosted.tenant.decide(Check{tenant(number), {&charge, 1}}, at(0s), decision, happenings);
    write_behind.changed(hosted);
    return hosted;
  }
  void spend(std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t number = first; number <= last; ++number) {
      spend(number);
    }
  }
  /// The tenant spends one more, which goes to the journal with this commit.
  HostedTenant& spend_at(std::uint64_t sequence, std::uint64_t number) {
    HostedTenant& hosted = spend(number);
    write_behind.committed(Sequence{sequence});
    return hosted;
  }
  void close(const UsageRow& row) {
    write_behind.changed(resident(row.tenant.low));
    write_behind.closed({&row, 1});
  }
  void close(const WindowRow& row) {
    write_behind.changed(resident(row.tenant.low));
    write_behind.closed({&row, 1});
  }
  void audit(const AuditRow& row) {
    write_behind.changed(resident(row.what.tenant.low));
    write_behind.audited({&row, 1});
  }

  /// The next flush of the round, up to where the store has it.
  SaveBatch flush() {
    write_behind.begin();
    while (!write_behind.gather(1000, at(0s))) {
    }
    return write_behind.take_batch();
  }
  SaveBatch flush_in_a_new_round() {
    write_behind.begin_round();
    return flush();
  }
  void saved() {
    while (!write_behind.saved(1, loading)) {
    }
  }

  /// Whose counters the batch has, in its order.
  static Numbers tenants_of(const SaveBatch& batch) {
    Numbers numbers;
    for (const CounterRow& row : batch.counters) {
      numbers.push_back(row.tenant.low);
    }
    return numbers;
  }

  std::shared_ptr<const Plan> rules = plan(1000);
  TenantTable table{1000, HashSeed{7}};
  Activations loading{
      {.waiting_max = 9, .waiting_per_tenant_max = 9, .loads_max = 1, .tenants_per_load_max = 9},
      HashSeed{7}};
  WriteBehind write_behind;
};

}  // namespace sluice::testing
