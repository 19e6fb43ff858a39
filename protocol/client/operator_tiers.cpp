// SPDX-License-Identifier: Apache-2.0
// The part of the operator's client that is about tiers and features.
#include <string>

#include "protocol/client/operator_client_impl.hpp"

namespace sluice::client {

Result<TierCatalogue> OperatorClient::tiers() {
  return impl_->ask(
      Effect::question, [&](Session& session) { return session.platform.listTiersRequest(); },
      [](auto& response) {
        return take<TierCatalogue>(response.getAnswer(),
                                   [](auto told) { return decode_tiers(told); });
      });
}

Result<Tier> OperatorClient::put_tier(std::optional<Version> expected, const Tier& tier) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.putTierRequest();
        encode_tier(tier, request.initTier());
        request.setVersion(encode_version(expected));
        return request;
      },
      [](auto& response) {
        return take<Tier>(response.getAnswer(), [](auto told) { return decode_tier(told); });
      });
}

Result<Tier> OperatorClient::remove_tier(std::string_view name) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.removeTierRequest();
        request.setName(std::string{name});
        return request;
      },
      [](auto& response) {
        return take<Tier>(response.getAnswer(), [](auto told) { return decode_tier(told); });
      });
}

Result<TierApplied> OperatorClient::apply_tier(const TierApplyQuery& query) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.applyTierRequest();
        encode_apply_tier(query, request);
        return request;
      },
      [](auto& response) {
        return take<TierApplied>(response.getAnswer(),
                                 [](auto told) { return decode_tier_applied(told); });
      });
}

Result<TierChanged> OperatorClient::change_tier(const TenantRef& tenant,
                                                std::optional<Version> expected,
                                                const ChangeTier& change) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.changeTierRequest();
        encode_ref(tenant, request.initTenant());
        request.setVersion(encode_version(expected));
        encode_change_tier(change, request);
        return request;
      },
      [](auto& response) {
        return take<TierChanged>(response.getAnswer(),
                                 [](auto told) { return decode_tier_changed(told); });
      });
}

Result<TenantFeatures> OperatorClient::features(const TenantRef& tenant) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.featuresRequest();
        encode_ref(tenant, request.initTenant());
        return request;
      },
      [](auto& response) {
        return take<TenantFeatures>(response.getAnswer(),
                                    [](auto told) { return decode_tenant_features(told); });
      });
}

Result<TenantDefinition> OperatorClient::set_feature(const TenantRef& tenant,
                                                     std::optional<Version> expected,
                                                     const Feature& feature) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.setFeatureRequest();
        encode_ref(tenant, request.initTenant());
        request.setVersion(encode_version(expected));
        encode_feature(feature, request.initFeature());
        return request;
      },
      tenant_of);
}

Result<TenantDefinition> OperatorClient::clear_feature(const TenantRef& tenant,
                                                       std::optional<Version> expected,
                                                       std::string_view name) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.clearFeatureRequest();
        encode_ref(tenant, request.initTenant());
        request.setVersion(encode_version(expected));
        request.setName(std::string{name});
        return request;
      },
      tenant_of);
}

}  // namespace sluice::client
