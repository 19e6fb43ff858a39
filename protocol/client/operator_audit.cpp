// SPDX-License-Identifier: Apache-2.0
// The part of the operator's client that is about the audit.
#include "protocol/client/operator_client_impl.hpp"

namespace sluice::client {

Result<AuditPage> OperatorClient::audit(const std::optional<TenantRef>& tenant,
                                        const AuditQuery& query) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.auditTrailRequest();
        if (tenant) {
          encode_ref(*tenant, request.initTenant());
        }
        encode_audit_query(query, request);
        return request;
      },
      [](auto& response) {
        return take<AuditPage>(response.getAnswer(),
                               [](auto page) { return decode_audit_page(page); });
      });
}

Result<AuditCheck> OperatorClient::verify_audit(const std::optional<TenantRef>& tenant) {
  return impl_->ask(
      Effect::question,
      [&](Session& session) {
        auto request = session.admin.verifyAuditRequest();
        if (tenant) {
          encode_ref(*tenant, request.initTenant());
        }
        return request;
      },
      [](auto& response) {
        return take<AuditCheck>(response.getAnswer(),
                                [](auto check) { return decode_audit_check(check); });
      });
}

}  // namespace sluice::client
