// SPDX-License-Identifier: Apache-2.0
// What an operator makes of a tenant's life, and takes along of it.
#include "protocol/client/operator_client_impl.hpp"

namespace sluice::client {

Result<TenantDefinition> OperatorClient::change_life(const TenantRef& tenant,
                                                     std::optional<Version> expected,
                                                     const LifeEvent& event) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.changeLifeRequest();
        encode_ref(tenant, request.initTenant());
        request.setVersion(encode_version(expected));
        encode_life_event(event, request.initEvent());
        return request;
      },
      tenant_of);
}

Result<StoredPage> OperatorClient::stored(const TenantRef& tenant, EntryId after) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.storedRequest();
        encode_ref(tenant, request.initTenant());
        request.setAfterHigh(after.high);
        request.setAfterLow(after.low);
        return request;
      },
      [](auto& response) {
        return take<StoredPage>(response.getAnswer(),
                                [](auto page) { return decode_stored(page); });
      });
}

Result<TenantDefinition> OperatorClient::move(const TenantRef& tenant,
                                              std::optional<Version> expected,
                                              const Placement& to) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.moveTenantRequest();
        encode_ref(tenant, request.initTenant());
        request.setVersion(encode_version(expected));
        encode_placement(to, request.initTo());
        return request;
      },
      tenant_of);
}

Result<TenantDefinition> OperatorClient::purge(const TenantRef& tenant,
                                               std::optional<Version> expected) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.purgeTenantRequest();
        encode_ref(tenant, request.initTenant());
        request.setVersion(encode_version(expected));
        return request;
      },
      tenant_of);
}

}  // namespace sluice::client
