// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "actors/tenant/store.hpp"
#include "bench/micro_tenants.hpp"

namespace sluice::bench {

/// A store in which every tenant of a load exists and nothing is kept: a host's own cost shows only
/// when no disk is behind it.
///
/// Threading  Confined, as every store.
/// Errors     Whatever a load does not ask for is `unavailable`.
class GeneratedStore final : public Store {
public:
  explicit GeneratedStore(LimitPreset preset) : pattern_(micro_tenant(preset, TenantIndex{0})) {}

  Result<ShardCount> shards() override { return ShardCount{256}; }
  Result<MeterTable> meters() override { return default_meters(); }
  Result<std::vector<TenantRecord>> load(std::span<const TenantId> ids) override {
    std::vector<TenantRecord> records;
    for (const TenantId id : ids) {
      records.push_back({pattern_, {}, {}, {}});
      records.back().definition.id = id;
    }
    return records;
  }
  Result<Ownership> acquire(const Claim& /*claim*/) override {
    return Ownership{Epoch{1}, std::vector<Watermark>(256)};
  }
  Result<Done> renew(Epoch /*epoch*/) override { return Done{}; }
  Result<Done> release(Epoch /*epoch*/) override { return Done{}; }
  Result<Done> save(const SaveBatch& /*batch*/) override { return Done{}; }

  Result<std::vector<UsagePoint>> usage(const UsageQuery& /*query*/) override { return refusal(); }
  Result<std::vector<ClosedWindow>> closed_windows(TenantId /*id*/) override { return refusal(); }
  Result<std::vector<ApiKey>> api_keys() override { return std::vector<ApiKey>{}; }
  Result<Done> add_api_key(const Deed& /*deed*/, const ApiKey& /*key*/) override {
    return refusal();
  }
  Result<Done> remove_api_key(const Deed& /*deed*/, KeyId /*id*/) override { return refusal(); }
  Result<TierCatalogue> tiers() override { return TierCatalogue{}; }
  Result<Done> put_tier(const Deed& /*deed*/, const Tier& /*tier*/) override { return refusal(); }
  Result<Done> remove_tier(const Deed& /*deed*/, std::string_view /*name*/) override {
    return refusal();
  }
  Result<Customised> customisation(TenantId /*tenant*/) override { return refusal(); }
  Result<Done> change_customisation(const Deed& /*deed*/,
                                    const CustomisationChange& /*change*/) override {
    return refusal();
  }
  Result<std::vector<HostedDomain>> hosted_domains() override {
    return std::vector<HostedDomain>{};
  }
  Result<Meter> define_meter(const Deed& /*deed*/, std::string_view /*name*/,
                             std::string_view /*unit*/) override {
    return refusal();
  }
  Result<std::optional<TenantId>> resolve(std::string_view /*slug*/) override { return refusal(); }
  Result<TenantPage> list(const TenantQuery& /*query*/) override { return refusal(); }
  Result<std::vector<DueTenant>> due(const DueQuery& /*query*/) override {
    return std::vector<DueTenant>{};
  }
  Result<Done> create(const Deed& /*deed*/, const TenantDefinition& /*definition*/) override {
    return refusal();
  }
  Result<Done> replace(const Deed& /*deed*/, const TenantDefinition& /*definition*/) override {
    return refusal();
  }
  Result<Done> remove(const Deed& /*deed*/, TenantId /*id*/) override { return refusal(); }
  Result<Done> change_members(const Deed& /*deed*/, const MemberChange& /*change*/) override {
    return refusal();
  }
  Result<MemberPage> members(const MemberQuery& /*query*/) override { return refusal(); }
  Result<std::optional<Member>> member(TenantId /*tenant*/, std::string_view /*user*/) override {
    return refusal();
  }
  Result<TenantsOfPage> tenants_of(const TenantsOfQuery& /*query*/) override { return refusal(); }
  Result<Done> record(const Deed& /*deed*/) override { return refusal(); }
  Result<AuditPage> audit_page(const AuditQuery& /*query*/) override { return refusal(); }
  Result<AuditCheck> check_audit(TenantId /*chain*/,
                                 const std::optional<AuditMark>& /*from*/) override {
    return refusal();
  }
  Result<Done> forget_audit(Epoch /*epoch*/, WallTime /*before*/) override { return Done{}; }

private:
  static Fault refusal() { return {FaultCode::unavailable, "a generated store only loads"}; }

  TenantDefinition pattern_;
};

}  // namespace sluice::bench
