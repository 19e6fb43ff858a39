// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "actors/tenant/store.hpp"
#include "storage/sqlite/audit_statements.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/customisation_statements.hpp"
#include "storage/sqlite/entry_statements.hpp"
#include "storage/sqlite/key_statements.hpp"
#include "storage/sqlite/member_statements.hpp"
#include "storage/sqlite/ownership_statements.hpp"
#include "storage/sqlite/spending_statements.hpp"
#include "storage/sqlite/sqlite_fault.hpp"
#include "storage/sqlite/statements.hpp"
#include "storage/sqlite/tier_statements.hpp"

namespace sluice {

/// The store on one connection to a file: customisations are in sqlite_customisation.cpp, the rest
/// in sqlite_store.cpp. As `Store` says.
class SqliteStore final : public Store {
public:
  SqliteStore(const std::string& path, std::chrono::milliseconds busy_timeout)
      : connection_(path, SqliteConnection::Missing::refuse, busy_timeout),
        statements_(connection_),
        ownership_(connection_),
        spending_(connection_),
        entries_(connection_),
        keys_(connection_),
        members_(connection_),
        tiers_(connection_),
        customisations_(connection_),
        audit_(connection_) {}

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
  /// Does something in one transaction, which is committed if it worked.
  template <class Value, class Action>
  Result<Value> write(Action&& action) {
    return attempt<Value>([&]() -> Result<Value> {
      Transaction transaction{connection_, Transaction::Kind::write};
      Result<Value> result = action();
      if (result.ok()) {
        transaction.commit();
      }
      return result;
    });
  }
  /// The same for the owner: nothing is done if the epoch is over.
  template <class Value, class Action>
  Result<Value> write_as(Epoch epoch, Action&& action) {
    return write<Value>([&]() -> Result<Value> {
      if (Result<Done> current = ownership_.check(epoch); !current.ok()) {
        return current.fault();
      }
      return action();
    });
  }
  /// The same, with its event.
  template <class Value, class Action>
  Result<Value> write_as(const Deed& deed, Action&& action) {
    return write_as<Value>(deed.epoch, [&]() -> Result<Value> {
      Result<Value> result = action();
      if (result.ok()) {
        audit_.append(deed.audit);
      }
      return result;
    });
  }
  void insert(const TenantDefinition& definition);
  [[nodiscard]] Result<Done> update(const TenantDefinition& definition);
  void replace_limits(const TenantDefinition& definition);

  SqliteConnection connection_;
  Statements statements_;
  OwnershipStatements ownership_;
  SpendingStatements spending_;
  EntryStatements entries_;
  KeyStatements keys_;
  MemberStatements members_;
  TierStatements tiers_;
  CustomisationStatements customisations_;
  AuditStatements audit_;
};

}  // namespace sluice
