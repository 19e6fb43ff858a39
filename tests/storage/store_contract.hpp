// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/store.hpp"

namespace sluice::test {

/// A database of a test's own; it is gone when this is.
class Database {
public:
  virtual ~Database() = default;
  /// Opens it as a server that starts does. The first time makes it.
  [[nodiscard]] virtual Result<StoreFactory> open(ShardCount shards) = 0;
};

/// A kind of store that keeps the contract.
struct StoreKind {
  std::string name;
  std::function<std::unique_ptr<Database>()> make;
  Placement placement{};  ///< Of every tenant of a test.
  friend void PrintTo(const StoreKind& kind, std::ostream* out) { *out << kind.name; }
};
/// Of the program that the contract is linked into.
[[nodiscard]] std::vector<StoreKind> all_stores();
/// Those, and again for each place where a tenant may be: for what stands there.
[[nodiscard]] std::vector<StoreKind> all_places();
[[nodiscard]] std::string name_of_kind(const testing::TestParamInfo<StoreKind>& info);

/// The contract of `Store`: `store` is one connection, `other` a second one to the same database,
/// both of server 1, which has acquired it with `epoch`.
class StoreContract : public testing::TestWithParam<StoreKind> {
protected:
  ~StoreContract() override;
  void SetUp() override;
  /// Closes everything and opens it again, as a server does that was killed and started.
  void restart();
  [[nodiscard]] std::unique_ptr<Store> connect();

  /// These rows, as the owner saves them.
  [[nodiscard]] SaveBatch batch(std::vector<CounterRow> rows) const;

  /// What is stored for one tenant; fails the test if there is nothing.
  [[nodiscard]] TenantRecord stored(TenantId id);
  [[nodiscard]] bool is_stored(TenantId id);

  static constexpr ShardCount shards{64};
  std::unique_ptr<Database> database;
  StoreFactory factory;
  std::unique_ptr<Store> store;
  std::unique_ptr<Store> other;
  Epoch epoch;
};

/// By the right of an epoch; the audit says nothing much of it.
[[nodiscard]] Deed deed(Epoch epoch);
/// The claim of server `number`, which takes over nothing.
[[nodiscard]] Claim claim(std::uint64_t number);
[[nodiscard]] TenantId tenant_id(std::uint64_t number);
/// Version 1, without limits; the slug is made of the number. Where the kind of store has them.
[[nodiscard]] TenantDefinition tenant(std::uint64_t number);
/// With limits 1 to `count`: by turns a window, a rate, a sliding window, and a window whose
/// overage has a price.
[[nodiscard]] TenantDefinition tenant_with_limits(std::uint64_t number, std::uint32_t count);
[[nodiscard]] Limit window_limit(std::uint32_t id);
[[nodiscard]] Limit rate_limit(std::uint32_t id);
[[nodiscard]] Limit sliding_limit(std::uint32_t id);
[[nodiscard]] Limit overage_limit(std::uint32_t id);
/// With everything that a limit may have beyond its rule.
[[nodiscard]] Limit concurrency_limit(std::uint32_t id);
/// The next version of it.
[[nodiscard]] TenantDefinition next(TenantDefinition definition);
/// Everything that a counter may have, made of `used`; with none used, nothing else either.
[[nodiscard]] CounterRow counter(std::uint64_t tenant_number, std::uint32_t limit,
                                 std::uint64_t used);
[[nodiscard]] SaveBatch counters_batch(Epoch epoch, std::vector<CounterRow> rows);
/// An open reservation with everything that an entry may have.
[[nodiscard]] EntryRow entry(std::uint64_t tenant_number, EntryId id);
/// A slice that is out, asked for with labels.
[[nodiscard]] EntryRow leased(std::uint64_t tenant_number, EntryId id);
/// The counter of limit 1 for some labels.
[[nodiscard]] EntryRow counting(std::uint64_t tenant_number, EntryId id);

/// Of an operator who may do some things for three tenants; of an even id, of a gateway for all.
[[nodiscard]] ApiKey api_key(std::uint64_t id);

/// Whether it worked; if not, the fault's words.
template <class Value>
[[nodiscard]] testing::AssertionResult done(const Result<Value>& result) {
  if (result.ok()) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "fault: " << result.fault().context;
}

/// Whether it failed with this code and says these words.
template <class Value>
[[nodiscard]] testing::AssertionResult refused(const Result<Value>& result, FaultCode code,
                                               std::string_view words) {
  if (result.ok()) {
    return testing::AssertionFailure() << "it was done";
  }
  const Fault& fault = result.fault();
  if (fault.code != code || fault.context.find(words) == std::string::npos) {
    return testing::AssertionFailure()
           << "code " << static_cast<int>(fault.code) << ", \"" << fault.context << '"';
  }
  return testing::AssertionSuccess();
}

}  // namespace sluice::test

namespace sluice {

inline bool operator==(const TenantRecord& a, const TenantRecord& b) {
  return a.definition == b.definition && a.counters == b.counters && a.open_usage == b.open_usage &&
         a.entries == b.entries;
}
inline bool operator==(const Ownership& a, const Ownership& b) {
  return a.epoch == b.epoch && a.stored == b.stored;
}

}  // namespace sluice
