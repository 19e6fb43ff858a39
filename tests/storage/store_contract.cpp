// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/store_contract.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <utility>

namespace sluice::test {

std::string name_of_kind(const testing::TestParamInfo<StoreKind>& info) {
  return info.param.name;
}

namespace {

Placement& placement_of_tests() {
  static Placement placement;
  return placement;
}

}  // namespace

StoreContract::~StoreContract() {
  placement_of_tests() = {};
}

void StoreContract::SetUp() {
  placement_of_tests() = GetParam().placement;
  database = GetParam().make();
  restart();
}

void StoreContract::restart() {
  store.reset();
  other.reset();
  factory = nullptr;
  Result<StoreFactory> opened = database->open(shards);
  ASSERT_TRUE(done(opened));
  factory = opened.value();
  store = connect();
  other = connect();
  const Result<Ownership> acquired = store->acquire(claim(1));
  ASSERT_TRUE(done(acquired));
  epoch = acquired.value().epoch;
}

SaveBatch StoreContract::batch(std::vector<CounterRow> rows) const {
  return counters_batch(epoch, std::move(rows));
}

std::unique_ptr<Store> StoreContract::connect() {
  Result<std::unique_ptr<Store>> connection = factory();
  EXPECT_TRUE(connection.ok());
  return std::move(connection).value();
}

TenantRecord StoreContract::stored(TenantId id) {
  const auto found = store->load({&id, 1});
  EXPECT_TRUE(found.ok()) << (found.ok() ? "" : found.fault().context);
  EXPECT_EQ(found.value().size(), 1U);
  return found.value().empty() ? TenantRecord{} : found.value().front();
}

bool StoreContract::is_stored(TenantId id) {
  return !store->load({&id, 1}).value().empty();
}

Deed deed(Epoch epoch) {
  return {epoch, AuditDraft{.author = system_author()}};
}

Claim claim(std::uint64_t number) {
  return Claim{ServerId{to_string(TenantId{0x5e55'0000'0000'4000, 0x8000'0000'0000'0000 + number})},
               "host-" + std::to_string(number), std::chrono::seconds{30}, TakeOver::never};
}

TenantId tenant_id(std::uint64_t number) {
  return TenantId{0x0194'0000'0000'7000, 0x8000'0000'0000'0000 + number};
}

TenantDefinition tenant(std::uint64_t number) {
  TenantDefinition definition;
  definition.id = tenant_id(number);
  definition.name = "Tenant " + std::to_string(number);
  definition.slug = "tenant-" + std::to_string(number);
  definition.tier = "free";
  definition.timezone = "Europe/Berlin";
  definition.billing_anchor_day = AnchorDay{31};
  definition.created_at = WallTime{std::chrono::seconds{1'700'000'000}};
  definition.updated_at = definition.created_at + std::chrono::nanoseconds{1};
  definition.version = Version{1};
  definition.placement = placement_of_tests();
  return definition;
}

TenantDefinition tenant_with_limits(std::uint64_t number, std::uint32_t count) {
  TenantDefinition definition = tenant(number);
  constexpr std::array kinds{overage_limit, window_limit, rate_limit, sliding_limit};
  for (std::uint32_t id = 1; id <= count; ++id) {
    definition.limits.push_back(kinds[id % kinds.size()](id));
  }
  definition.last_limit_id = LimitId{count};
  return definition;
}

Limit window_limit(std::uint32_t id) {
  Limit limit;
  limit.id = LimitId{id};
  limit.name = "window-" + std::to_string(id);
  limit.meter = MeterId{1};
  limit.rule = WindowRule{Amount{10'000}, Period::month};
  return limit;
}

Limit rate_limit(std::uint32_t id) {
  Limit limit;
  limit.id = LimitId{id};
  limit.name = "rate-" + std::to_string(id);
  limit.meter = MeterId{2};
  limit.rule = RateRule{Amount{100}, std::chrono::seconds{1}, Amount{150}};
  limit.thresholds = {};
  return limit;
}

Limit sliding_limit(std::uint32_t id) {
  Limit limit = window_limit(id);
  limit.name = "sliding-" + std::to_string(id);
  limit.rule = SlidingRule{Amount{500}, std::chrono::minutes{5}};
  limit.shadow = true;
  return limit;
}

Limit overage_limit(std::uint32_t id) {
  Limit limit = window_limit(id);
  limit.name = "overage-" + std::to_string(id);
  limit.enforcement = Enforcement::overage;
  limit.overage = OverageTerms{.price_micros = 1'500, .per = Amount{1'000}, .cap = Amount{20'000}};
  return limit;
}

Limit concurrency_limit(std::uint32_t id) {
  Limit limit = window_limit(id);
  limit.name = "concurrency-" + std::to_string(id);
  limit.rule = ConcurrencyRule{Amount{20}, std::chrono::seconds{30}};
  limit.releases_on_expiry = true;
  limit.per = {"user", "key"};
  limit.when = {{.label = "model", .negated = false, .values = {"a", "b"}},
                {.label = "team", .negated = true, .values = {"x"}}};
  limit.instead = Override{.rule = ConcurrencyRule{Amount{40}, std::chrono::seconds{60}},
                           .soft_limit = Amount{30},
                           .expires_at = WallTime{std::chrono::seconds{1'800'000'000}},
                           .author = "ann",
                           .reason = "launch"};
  return limit;
}

TenantDefinition next(TenantDefinition definition) {
  definition.version = Version{definition.version.raw() + 1};
  return definition;
}

CounterRow counter(std::uint64_t tenant_number, std::uint32_t limit, std::uint64_t used) {
  return CounterRow{
      tenant_id(tenant_number),
      Counter{LimitId{limit}, Amount{used}, WallTime{std::chrono::hours{1}}, ThresholdMask{3},
              Amount{used / 2}, Amount{used / 3}, WallTime{std::chrono::seconds{used % 60}}}};
}

SaveBatch counters_batch(Epoch epoch, std::vector<CounterRow> rows) {
  SaveBatch batch{};
  batch.epoch = epoch;
  batch.counters = std::move(rows);
  return batch;
}

EntryRow entry(std::uint64_t tenant_number, EntryId id) {
  Entry made{};
  made.id = id;
  made.state = EntryState::held;
  made.digest = 0xfedc'ba98'7654'3210 + id.low;
  made.due = WallTime{std::chrono::nanoseconds{1'700'000'000'123'456'789}};
  made.charges = {{MeterId{1}, Amount{100}, Amount{30}}, {MeterId{2}, Amount{7}, Amount{}}};
  made.first.outcome = Outcome::allowed;
  made.first.soft_limit_passed = true;
  made.first.has_reading = true;
  made.first.reading = {LimitId{1},
                        MeterId{1},
                        Amount{1'000},
                        Amount{500},
                        Amount{50},
                        Amount{450},
                        made.due + std::chrono::hours{1}};
  made.first.granted = Amount{8};
  made.first.overage = Amount{9};
  made.first.price_micros = 10;
  made.first.would_deny.add(LimitId{3});
  made.first.would_deny.add(LimitId{4});
  made.first.retry_after = std::chrono::milliseconds{1'500};
  return {tenant_id(tenant_number), std::move(made)};
}

EntryRow leased(std::uint64_t tenant_number, EntryId id) {
  EntryRow row = entry(tenant_number, id);
  row.entry.state = EntryState::leased;
  row.entry.charges.pop_back();
  row.entry.labels = {{"user", "42"}, {"model", "größer"}};
  return row;
}

EntryRow counting(std::uint64_t tenant_number, EntryId id) {
  Entry made{};
  made.id = id;
  made.state = EntryState::counting;
  made.labels = {{"user", "42"}, {"key", ""}};
  made.counter = counter(tenant_number, 1, 50).counter;
  return {tenant_id(tenant_number), std::move(made)};
}

ApiKey api_key(std::uint64_t id) {
  ApiKey key;
  key.id = KeyId{id};
  key.name = "Schlüssel " + std::to_string(id);
  key.permissions = PermissionSet{Permission::checks_write};
  key.hash.fill(static_cast<std::byte>(id));
  key.created_at = WallTime{std::chrono::hours{1}};
  if (id % 2 != 0) {
    key.kind = CallerKind::operator_;
    key.permissions = {Permission::tenant_read, Permission::quotas_write};
    key.tenants = std::vector{tenant_id(1), tenant_id(2), tenant_id(3)};
    key.expires_at = WallTime{std::chrono::hours{2}};
  }
  return key;
}

}  // namespace sluice::test
