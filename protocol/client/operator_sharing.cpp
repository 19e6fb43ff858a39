// SPDX-License-Identifier: Apache-2.0
// The part of the operator's client that is about sharing.
#include <variant>

#include "protocol/client/operator_client_impl.hpp"
#include "protocol/codec_sharing.hpp"

namespace sluice::client {

namespace {

constexpr auto policy_of = [](auto& response) {
  return take<SharingPolicy>(response.getAnswer(), [](auto told) { return decode_policy(told); });
};

auto request_for(Session& session, const RequestAccess& /*wish*/) {
  return session.admin.requestAccessRequest();
}
auto request_for(Session& session, const ApproveAccess& /*wish*/) {
  return session.admin.approveAccessRequest();
}
auto request_for(Session& session, const RejectAccess& /*wish*/) {
  return session.admin.rejectAccessRequest();
}
auto request_for(Session& session, const WithdrawAccess& /*wish*/) {
  return session.admin.withdrawAccessRequest();
}
auto request_for(Session& session, const RevokeAccess& /*wish*/) {
  return session.admin.revokeAccessRequest();
}

}  // namespace

Result<SharingPolicy> OperatorClient::put_policy(const TenantRef& tenant, const PolicyWish& wish) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.admin.putPolicyRequest();
        encode_ref(tenant, request.initTenant());
        encode_put_policy(wish, request);
        return request;
      },
      policy_of);
}

Result<SharingPolicy> OperatorClient::remove_policy(const TenantRef& tenant, PolicyId policy) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.admin.removePolicyRequest();
        encode_ref(tenant, request.initTenant());
        encode_uuid(policy, request.initPolicy());
        return request;
      },
      policy_of);
}

Result<SharingPolicy> OperatorClient::policy(const TenantRef& tenant, PolicyId policy) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.showPolicyRequest();
        encode_ref(tenant, request.initTenant());
        encode_uuid(policy, request.initPolicy());
        return request;
      },
      policy_of);
}

Result<PolicyPage> OperatorClient::policies(const TenantRef& tenant, const PolicyQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.listPoliciesRequest();
        encode_ref(tenant, request.initTenant());
        encode_policy_query(query, request);
        return request;
      },
      [](auto& response) {
        return take<PolicyPage>(response.getAnswer(),
                                [](auto page) { return decode_policy_page(page); });
      });
}

Result<SharingRequest> OperatorClient::change_access(const TenantRef& tenant,
                                                     const AccessWish& wish) {
  const auto make = [&](const auto& what) {
    return impl_->ask(
        Effect::change,
        [&](Session& session) {
          auto request = request_for(session, what);
          encode_ref(tenant, request.initTenant());
          encode_access(what, request);
          return request;
        },
        [](auto& response) {
          return take<SharingRequest>(response.getAnswer(),
                                      [](auto told) { return decode_request(told); });
        });
  };
  return std::visit(make, wish);
}

Result<SharingPage> OperatorClient::access(const TenantRef& tenant, const SharingQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.listAccessRequest();
        encode_ref(tenant, request.initTenant());
        encode_sharing_query(query, request);
        return request;
      },
      [](auto& response) {
        return take<SharingPage>(response.getAnswer(),
                                 [](auto page) { return decode_sharing_page(page); });
      });
}

}  // namespace sluice::client
