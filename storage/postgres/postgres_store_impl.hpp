// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "actors/tenant/store.hpp"
#include "storage/postgres/audit_statements.hpp"
#include "storage/postgres/ownership_statements.hpp"
#include "storage/postgres/postgres_store.hpp"
#include "storage/postgres/session.hpp"

namespace sluice::postgres {

/// In UTC, which partitions go by.
[[nodiscard]] std::chrono::year_month month_of(WallTime instant);

/// libpq ends a text at its first NUL, and no text that is stored has one.
inline bool has_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

/// The store on one connection: its tenants are in postgres_store.cpp, what they customise in
/// postgres_customisation.cpp, its history in postgres_history.cpp. As `Store` says.
class PostgresStore final : public Store {
public:
  PostgresStore(std::string conninfo, PostgresOptions options)
      : session_(std::move(conninfo), std::move(options)) {}

  [[nodiscard]] Result<Done> open() { return session_.open(); }

  Result<ShardCount> shards() override;
  Result<MeterTable> meters() override;
  Result<Meter> define_meter(const Deed& deed, std::string_view name,
                             std::string_view unit) override;
  Result<Ownership> acquire(const Claim& claim) override;
  Result<Done> renew(Epoch epoch) override;
  Result<Done> release(Epoch epoch) override;
  Result<std::vector<TenantRecord>> load(std::span<const TenantId> ids) override;
  Result<std::optional<TenantId>> resolve(std::string_view slug) override;
  Result<TenantPage> list(const TenantQuery& query) override;
  Result<std::vector<DueTenant>> due(const DueQuery& query) override;
  Result<Done> change_members(const Deed& deed, const MemberChange& change) override;
  Result<MemberPage> members(const MemberQuery& query) override;
  Result<std::optional<Member>> member(TenantId tenant, std::string_view user_id) override;
  Result<TenantsOfPage> tenants_of(const TenantsOfQuery& query) override;
  Result<Done> create(const Deed& deed, const TenantDefinition& definition) override;
  Result<Done> replace(const Deed& deed, const TenantDefinition& definition) override;
  Result<Done> remove(const Deed& deed, TenantId id) override;
  Result<Done> save(const SaveBatch& batch) override;
  Result<std::vector<UsagePoint>> usage(const UsageQuery& query) override;
  Result<std::vector<ClosedWindow>> closed_windows(TenantId id) override;
  Result<std::vector<ApiKey>> api_keys() override;
  Result<Done> add_api_key(const Deed& deed, const ApiKey& key) override;
  Result<Done> remove_api_key(const Deed& deed, KeyId id) override;
  Result<TierCatalogue> tiers() override;
  Result<Done> put_tier(const Deed& deed, const Tier& tier) override;
  Result<Done> remove_tier(const Deed& deed, std::string_view name) override;
  Result<Customised> customisation(TenantId tenant) override;
  Result<Done> change_customisation(const Deed& deed, const CustomisationChange& change) override;
  Result<std::vector<HostedDomain>> hosted_domains() override;
  Result<Done> record(const Deed& deed) override;
  Result<AuditPage> audit_page(const AuditQuery& query) override;
  Result<AuditCheck> check_audit(TenantId chain, const std::optional<AuditMark>& from) override;
  Result<Done> forget_audit(Epoch epoch, WallTime before) override;

private:
  template <class Value, class Action>
  Result<Value> read(Action&& action) {
    return session_.transact<Value>(Transaction::Kind::read, action);
  }
  /// The same of one tenant, whatever the action looks for.
  template <class Value, class Action>
  Result<Value> read_of(TenantId tenant, Action&& action) {
    return read<Value>([&](Transaction& transaction) {
      transaction.confine_to(tenant);
      return action(transaction);
    });
  }
  template <class Value, class Action>
  Result<Value> write(Action&& action) {
    return session_.transact<Value>(Transaction::Kind::write, action);
  }
  /// The same for the owner: nothing is done if the epoch is over.
  template <class Value, class Action>
  Result<Value> write_as(Epoch epoch, Action&& action) {
    return write<Value>([&](Transaction& transaction) -> Result<Value> {
      if (const Result<Done> current = check(transaction, epoch); !current.ok()) {
        return current.fault();
      }
      return action(transaction);
    });
  }
  /// The same, with its event, which is taken back with everything if the action fails.
  template <class Value, class Action>
  Result<Value> write_as(const Deed& deed, Action&& action) {
    if (const Result<Done> ensured = ensure_months(deed.epoch, {month_of(deed.audit.at)});
        !ensured.ok()) {
      return ensured.fault();
    }
    auto written = write_as<Value>(deed.epoch, [&](Transaction& transaction) -> Result<Value> {
      append_audit(transaction, deed.audit);
      return action(transaction);
    });
    if (!written.ok()) {
      months_.clear();  // An operator may have dropped a month that was there.
    }
    return written;
  }
  /// The same of one tenant, whatever the action writes.
  template <class Value, class Action>
  Result<Value> write_of(TenantId tenant, const Deed& deed, Action&& action) {
    return write_as<Value>(deed, [&](Transaction& transaction) -> Result<Value> {
      transaction.confine_to(tenant);
      return action(transaction);
    });
  }
  /// Makes the partitions that are needed and this connection has not seen. A transaction of its
  /// own, because it locks the tables themselves, which nobody may do who has written rows.
  [[nodiscard]] Result<Done> ensure_months(Epoch epoch, std::set<std::chrono::year_month> months);

  Session session_;
  std::set<std::chrono::year_month> months_;  ///< Those whose partitions are there.
};

}  // namespace sluice::postgres
