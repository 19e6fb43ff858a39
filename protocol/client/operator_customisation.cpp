// SPDX-License-Identifier: Apache-2.0
// The part of the operator's client that is about customisations and domains.
#include <string>

#include "protocol/client/operator_client_impl.hpp"

namespace sluice::client {

namespace {

constexpr auto customised_of = [](auto& response) {
  return take<Customised>(response.getAnswer(), [](auto told) { return decode_customised(told); });
};

}  // namespace

Result<Customised> OperatorClient::customisation(const TenantRef& tenant) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.showCustomisationRequest();
        encode_ref(tenant, request.initTenant());
        return request;
      },
      customised_of);
}

Result<Customised> OperatorClient::put_customisation(const TenantRef& tenant,
                                                     const PutCustomisation& put) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.admin.putCustomisationRequest();
        encode_ref(tenant, request.initTenant());
        encode_put_customisation(put, request);
        return request;
      },
      customised_of);
}

Result<Customised> OperatorClient::add_domain(const TenantRef& tenant, std::string_view host) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.admin.addDomainRequest();
        encode_ref(tenant, request.initTenant());
        request.setHost(std::string{host});
        return request;
      },
      customised_of);
}

Result<Customised> OperatorClient::verify_domain(const TenantRef& tenant, std::string_view host,
                                                 std::string_view found) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.verifyDomainRequest();
        encode_ref(tenant, request.initTenant());
        request.setHost(std::string{host});
        request.setFound(std::string{found});
        return request;
      },
      customised_of);
}

Result<Customised> OperatorClient::remove_domain(const TenantRef& tenant, std::string_view host) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.admin.removeDomainRequest();
        encode_ref(tenant, request.initTenant());
        request.setHost(std::string{host});
        return request;
      },
      customised_of);
}

Result<TenantId> OperatorClient::tenant_at(std::string_view host) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.gateway.resolveHostRequest();
        request.setHost(std::string{host});
        return request;
      },
      [](auto& response) {
        return take<TenantId>(response.getAnswer(),
                              [](auto told) { return Result<TenantId>{decode_id(told)}; });
      });
}

}  // namespace sluice::client
