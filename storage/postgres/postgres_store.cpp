// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/postgres_store.hpp"

#include <memory>
#include <utility>

#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/entry_statements.hpp"
#include "storage/postgres/key_statements.hpp"
#include "storage/postgres/member_statements.hpp"
#include "storage/postgres/ownership_statements.hpp"
#include "storage/postgres/place_migrations.hpp"
#include "storage/postgres/postgres_store_impl.hpp"
#include "storage/postgres/tenant_search.hpp"
#include "storage/postgres/tenant_statements.hpp"
#include "storage/postgres/tier_statements.hpp"

namespace sluice::postgres {

std::optional<Fault> PostgresStore::object_to_page_size(std::size_t size) {
  return size >= 1 && size <= page_size_max
             ? std::nullopt
             : std::optional{Fault{FaultCode::invalid_argument,
                                   "page_size " + std::to_string(size) + " is outside 1 to " +
                                       std::to_string(page_size_max)}};
}

Result<ShardCount> PostgresStore::shards() {
  return read<ShardCount>(select_shards);
}

Result<MeterTable> PostgresStore::meters() {
  return read<MeterTable>(select_meters);
}

Result<Meter> PostgresStore::define_meter(const Deed& deed, std::string_view name,
                                          std::string_view unit) {
  return write_as<Meter>(deed, [&](Transaction& transaction) -> Result<Meter> {
    const std::size_t count = select_meters(transaction).size();
    if (count >= meters_max) {
      return Fault{FaultCode::limit_exceeded,
                   "meters_max: there are " + std::to_string(count) + " meters already"};
    }
    Meter meter{MeterId{static_cast<std::uint16_t>(count + 1)}, std::string{name},
                std::string{unit}};
    insert_meter(transaction, meter);
    return meter;
  });
}

Result<Ownership> PostgresStore::acquire(const Claim& claim) {
  Places::Elsewhere elsewhere;
  auto acquired = write<Ownership>([&](Transaction& transaction) {
    auto owned = postgres::acquire(transaction, claim);
    elsewhere = select_elsewhere(transaction);
    return owned;
  });
  if (acquired.ok()) {
    places_->own(acquired.value().epoch);
    places_->know(std::move(elsewhere));
  }
  return acquired;
}

Result<Done> PostgresStore::renew(Epoch epoch) {
  return write<Done>([&](Transaction& transaction) { return postgres::renew(transaction, epoch); });
}

Result<Done> PostgresStore::release(Epoch epoch) {
  return write<Done>(
      [&](Transaction& transaction) { return postgres::release(transaction, epoch); });
}

Result<std::optional<TenantId>> PostgresStore::resolve(std::string_view slug) {
  if (has_nul(slug)) {
    return std::optional<TenantId>{};
  }
  return read<std::optional<TenantId>>(
      [&](Transaction& transaction) { return select_slug(transaction, slug); });
}

Result<TenantPage> PostgresStore::list(const TenantQuery& query) {
  if (auto fault = object_to_page_size(query.page_size)) {
    return *std::move(fault);
  }
  if (has_nul(query.tier) || has_nul(query.text) || has_nul(query.region)) {
    return TenantPage{};
  }
  return read<TenantPage>([&](Transaction& transaction) {
    TenantPage page;
    // One more than asked tells whether there are more.
    page.tenants = select_page(transaction, query, query.page_size + 1);
    page.more = page.tenants.size() > query.page_size;
    if (page.more) {
      page.tenants.pop_back();
    }
    return page;
  });
}

Result<std::vector<TierCount>> PostgresStore::tenant_counts() {
  return read<std::vector<TierCount>>(select_tenant_counts);
}

Result<std::vector<DueTenant>> PostgresStore::due(const DueQuery& query) {
  return read<std::vector<DueTenant>>(
      [&](Transaction& transaction) { return select_due(transaction, query); });
}

Result<MemberPage> PostgresStore::members(const MemberQuery& query) {
  if (auto fault = object_to_page_size(query.page_size)) {
    return *std::move(fault);
  }
  if (has_nul(query.after) || has_nul(query.text)) {
    return MemberPage{};
  }
  return read_of<MemberPage>(query.tenant, Part::managed, [&](Transaction& transaction) {
    return select_members(transaction, query);
  });
}

Result<std::optional<Member>> PostgresStore::member(TenantId tenant, std::string_view user_id) {
  if (has_nul(user_id)) {
    return std::optional<Member>{};
  }
  return read_of<std::optional<Member>>(tenant, Part::managed, [&](Transaction& transaction) {
    return select_member(transaction, tenant, std::string{user_id});
  });
}

Result<TenantsOfPage> PostgresStore::tenants_of(const TenantsOfQuery& query) {
  if (auto fault = object_to_page_size(query.page_size)) {
    return *std::move(fault);
  }
  if (has_nul(query.user_id)) {
    return TenantsOfPage{};
  }
  return read<TenantsOfPage>([&](Transaction& transaction) {
    return select_tenants_of(transaction, query, options_.schema);
  });
}

Result<std::vector<ApiKey>> PostgresStore::api_keys() {
  return read<std::vector<ApiKey>>(select_keys);
}

Result<Done> PostgresStore::add_api_key(const Deed& deed, const ApiKey& key) {
  return write_as<Done>(deed,
                        [&](Transaction& transaction) { return insert_key(transaction, key); });
}

Result<Done> PostgresStore::remove_api_key(const Deed& deed, KeyId id) {
  return write_as<Done>(deed,
                        [&](Transaction& transaction) { return delete_key(transaction, id); });
}

Result<TierCatalogue> PostgresStore::tiers() {
  return read<TierCatalogue>(select_tiers);
}

Result<Done> PostgresStore::put_tier(const Deed& deed, const Tier& tier) {
  return write_as<Done>(
      deed, [&](Transaction& transaction) { return postgres::put_tier(transaction, tier); });
}

Result<Done> PostgresStore::remove_tier(const Deed& deed, std::string_view name) {
  return write_as<Done>(
      deed, [&](Transaction& transaction) { return postgres::delete_tier(transaction, name); });
}

}  // namespace sluice::postgres

namespace sluice {

Result<StoreFactory> open_postgres(const PostgresOptions& options,
                                   ShardCount shards_for_a_new_database) {
  if (const auto migrated = postgres::migrate_all(options, shards_for_a_new_database,
                                                  postgres::Unreachable::is_passed_over);
      !migrated.ok()) {
    return migrated.fault();
  }
  // Checked by the migration.
  const auto conninfo = postgres::complete_conninfo(options).value();
  postgres::Session session{conninfo, options};
  auto elsewhere = session.transact<postgres::Places::Elsewhere>(postgres::Transaction::Kind::read,
                                                                 postgres::select_elsewhere);
  if (!elsewhere.ok()) {
    return elsewhere.fault();
  }
  auto places = std::make_shared<postgres::Places>();
  places->know(std::move(elsewhere).value());
  return StoreFactory{[conninfo, options, places]() -> Result<std::unique_ptr<Store>> {
    auto store = std::make_unique<postgres::PostgresStore>(conninfo, options, places);
    if (const Result<Done> opened = store->open(); !opened.ok()) {
      return opened.fault();
    }
    return std::unique_ptr<Store>{std::move(store)};
  }};
}

}  // namespace sluice
