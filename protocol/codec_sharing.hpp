// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/sharing/access.hpp"
#include "actors/tenant/sharing/sharing_change.hpp"
#include "protocol/sluice.capnp.h"

namespace sluice {

/// The codec of sharing; what codec.hpp says holds.

[[nodiscard]] PolicyId decode_policy_id(wire::SharingUuid::Reader in);
[[nodiscard]] SharingId decode_sharing_id(wire::SharingUuid::Reader in);
void encode_uuid(PolicyId id, wire::SharingUuid::Builder out);
void encode_uuid(SharingId id, wire::SharingUuid::Builder out);

/// All of it; to others than the owner it is told without what is not for them.
[[nodiscard]] Result<SharingPolicy> decode_policy(wire::SharingPolicy::Reader in);
void encode_policy(const SharingPolicy& policy, wire::SharingPolicy::Builder out);
/// An upper bound of what it fills.
[[nodiscard]] std::uint64_t words_of(const SharingPolicy& policy);
[[nodiscard]] Result<PolicyPage> decode_policy_page(wire::SharingPolicyPage::Reader in);
void encode_policy_page(const PolicyPage& page, wire::SharingPolicyPage::Builder out);

/// With the owner that it names, or the nil id; times and version are the server's.
[[nodiscard]] Result<PolicyWish> decode_put_policy(wire::TenantAdmin::PutPolicyParams::Reader in);
void encode_put_policy(const PolicyWish& wish, wire::TenantAdmin::PutPolicyParams::Builder out);
/// All but the tenant, which the wire has by its name.
[[nodiscard]] Result<PolicyQuery> decode_policy_query(
    wire::TenantAdmin::ListPoliciesParams::Reader in);
void encode_policy_query(const PolicyQuery& query,
                         wire::TenantAdmin::ListPoliciesParams::Builder out);

[[nodiscard]] Result<SharingRequest> decode_request(wire::SharingRequest::Reader in);
void encode_request(const SharingRequest& request, wire::SharingRequest::Builder out);
[[nodiscard]] std::uint64_t words_of(const SharingRequest& request);
[[nodiscard]] Result<SharingPage> decode_sharing_page(wire::SharingRequestPage::Reader in);
void encode_sharing_page(const SharingPage& page, wire::SharingRequestPage::Builder out);
[[nodiscard]] Result<SharingQuery> decode_sharing_query(
    wire::TenantAdmin::ListAccessParams::Reader in);
void encode_sharing_query(const SharingQuery& query,
                          wire::TenantAdmin::ListAccessParams::Builder out);

/// Without the tenant who acts, which the wire has by its name.
[[nodiscard]] Result<RequestAccess> decode_request_access(
    wire::TenantAdmin::RequestAccessParams::Reader in);
[[nodiscard]] Result<ApproveAccess> decode_approve_access(
    wire::TenantAdmin::ApproveAccessParams::Reader in);
[[nodiscard]] Result<RejectAccess> decode_reject_access(
    wire::TenantAdmin::RejectAccessParams::Reader in);
[[nodiscard]] Result<WithdrawAccess> decode_withdraw_access(
    wire::TenantAdmin::WithdrawAccessParams::Reader in);
[[nodiscard]] Result<RevokeAccess> decode_revoke_access(
    wire::TenantAdmin::RevokeAccessParams::Reader in);
void encode_access(const RequestAccess& wish, wire::TenantAdmin::RequestAccessParams::Builder out);
void encode_access(const ApproveAccess& wish, wire::TenantAdmin::ApproveAccessParams::Builder out);
void encode_access(const RejectAccess& wish, wire::TenantAdmin::RejectAccessParams::Builder out);
void encode_access(const WithdrawAccess& wish,
                   wire::TenantAdmin::WithdrawAccessParams::Builder out);
void encode_access(const RevokeAccess& wish, wire::TenantAdmin::RevokeAccessParams::Builder out);

/// Leaves only as many rows as fit into so many words, but one at least.
template <class Row>
void cut_rows(std::vector<Row>& rows, bool& more, std::uint64_t words_max) {
  std::uint64_t words = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    words += words_of(rows[i]);
    if (i > 0 && words > words_max) {
      rows.resize(i);
      more = true;
    }
  }
}

}  // namespace sluice
