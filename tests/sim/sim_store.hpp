// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "tests/sim/probes.hpp"
#include "tests/sim/random.hpp"
#include "tests/sim/sim_database.hpp"

namespace sluice::sim {

/// What the way to the database is like.
struct StoreWeather {
  Duration now{};                 ///< The world's.
  bool away = false;              ///< Nothing gets through.
  std::uint64_t unavailable = 0;  ///< Per mille of calls that do not reach it.
  std::uint64_t unknown = 0;      ///< Per mille of writes whose answer is lost.
  std::uint64_t twice = 0;        ///< Per mille of saves that arrive twice.
};

/// A connection to the database that loses calls and answers.
///
/// Role       A call may fail before it reaches the database; a write may be done or not while
///            nobody knows which; a save may still be under way when its sender has given it up, or
///            arrive twice.
/// Threading  Confined.
/// Ownership  Borrows all.
/// Units      None.
/// Errors     As `Store`.
class SimStore final : public Store {
public:
  SimStore(SimDatabase& database, const StoreWeather& weather, Random& random, Probes& probes)
      : database_(database), weather_(weather), random_(random), probes_(probes) {}

  [[nodiscard]] Result<ShardCount> shards() override { return database_.shards(); }
  [[nodiscard]] Result<MeterTable> meters() override { return default_meters(); }
  [[nodiscard]] Result<Meter> define_meter(const Deed&, std::string_view,
                                           std::string_view) override {
    return Fault{FaultCode::limit_exceeded, "the simulation keeps the default meters"};
  }
  [[nodiscard]] Result<Ownership> acquire(const Claim& claim) override;
  [[nodiscard]] Result<Done> renew(Epoch epoch) override;
  [[nodiscard]] Result<Done> release(Epoch epoch) override;
  [[nodiscard]] Result<std::vector<TenantRecord>> load(std::span<const TenantId> ids) override;
  [[nodiscard]] Result<std::optional<TenantId>> resolve(std::string_view) override {
    return std::optional<TenantId>{};
  }
  [[nodiscard]] Result<TenantPage> list(const TenantQuery&) override { return TenantPage{}; }
  [[nodiscard]] Result<std::vector<DueTenant>> due(const DueQuery&) override {
    return std::vector<DueTenant>{};
  }
  [[nodiscard]] Result<Done> change_members(const Deed&, const MemberChange&) override {
    return Fault{FaultCode::limit_exceeded, "the simulation has no members"};
  }
  [[nodiscard]] Result<MemberPage> members(const MemberQuery&) override { return MemberPage{}; }
  [[nodiscard]] Result<std::optional<Member>> member(TenantId, std::string_view) override {
    return std::optional<Member>{};
  }
  [[nodiscard]] Result<TenantsOfPage> tenants_of(const TenantsOfQuery&) override {
    return TenantsOfPage{};
  }
  [[nodiscard]] Result<Done> create(const Deed& deed, const TenantDefinition& definition) override;
  [[nodiscard]] Result<Done> replace(const Deed& deed, const TenantDefinition& definition) override;
  [[nodiscard]] Result<Done> remove(const Deed& deed, TenantId id) override;
  [[nodiscard]] Result<Done> save(const SaveBatch& batch) override;
  [[nodiscard]] Result<std::vector<UsagePoint>> usage(const UsageQuery&) override {
    return std::vector<UsagePoint>{};
  }
  [[nodiscard]] Result<std::vector<ClosedWindow>> closed_windows(TenantId) override {
    return std::vector<ClosedWindow>{};
  }
  [[nodiscard]] Result<std::vector<ApiKey>> api_keys() override { return std::vector<ApiKey>{}; }
  [[nodiscard]] Result<Done> add_api_key(const Deed&, const ApiKey&) override {
    return Fault{FaultCode::limit_exceeded, "the simulation has no keys"};
  }
  [[nodiscard]] Result<Done> remove_api_key(const Deed&, KeyId) override {
    return Fault{FaultCode::not_found, "the simulation has no keys"};
  }
  [[nodiscard]] Result<TierCatalogue> tiers() override { return TierCatalogue{}; }
  [[nodiscard]] Result<Done> put_tier(const Deed&, const Tier&) override {
    return Fault{FaultCode::not_found, "the simulation has no tiers"};
  }
  [[nodiscard]] Result<Done> remove_tier(const Deed&, std::string_view) override {
    return Fault{FaultCode::not_found, "the simulation has no keys"};
  }
  [[nodiscard]] Result<Customised> customisation(TenantId) override { return Customised{}; }
  [[nodiscard]] Result<Done> change_customisation(const Deed&,
                                                  const CustomisationChange&) override {
    return Fault{FaultCode::not_found, "the simulation has no customisations"};
  }
  [[nodiscard]] Result<std::vector<HostedDomain>> hosted_domains() override {
    return std::vector<HostedDomain>{};
  }
  [[nodiscard]] Result<Done> record(const Deed&) override { return Done{}; }
  [[nodiscard]] Result<AuditPage> audit_page(const AuditQuery& query) override {
    return database_.audit().page(query);
  }
  [[nodiscard]] Result<AuditCheck> check_audit(TenantId chain,
                                               const std::optional<AuditMark>& from) override {
    return database_.audit().check(chain, from);
  }
  [[nodiscard]] Result<Done> forget_audit(Epoch, WallTime) override { return Done{}; }

private:
  [[nodiscard]] bool gets_through();
  template <class T, class Act>
  Result<T> change(Probe done, Probe not_done, Act&& act);

  SimDatabase& database_;
  const StoreWeather& weather_;
  Random& random_;
  Probes& probes_;
};

}  // namespace sluice::sim
