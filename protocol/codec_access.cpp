// SPDX-License-Identifier: Apache-2.0
// Requests for what is shared.
#include <algorithm>
#include <string>
#include <utility>

#include "actors/tenant/store.hpp"
#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"
#include "protocol/codec_sharing.hpp"

namespace sluice {

static_assert(encode_enum<wire::SharingState>(SharingState::expired) ==
              wire::SharingState::EXPIRED);
static_assert(encode_enum<wire::SharingSide>(SharingSide::consumer) == wire::SharingSide::CONSUMER);

namespace {

/// Of 500 characters; how many they are is not the codec's to check.
constexpr std::size_t access_text_bytes_max = 4 * 500;
constexpr std::uint8_t permission_bits_all = 0x3F;

std::string read_words(FieldReader& fields, capnp::Text::Reader in, std::string_view field) {
  return fields.part(decode_text(in, field, access_text_bytes_max));
}

SharePermissions read_permissions(FieldReader& fields, std::uint8_t bits) {
  fields.require(bits <= permission_bits_all, "permissions", "has one that is not known");
  return SharePermissions::of_bits(bits);
}

std::uint64_t access_text_words(const std::string& text) {
  return text.size() / sizeof(capnp::word) + 1;
}

}  // namespace

Result<SharingRequest> decode_request(wire::SharingRequest::Reader in) {
  FieldReader fields("request");
  SharingRequest request;
  request.id = decode_sharing_id(in.getId());
  request.policy = decode_policy_id(in.getPolicy());
  request.owner = decode_id(in.getOwner());
  request.consumer = decode_id(in.getConsumer());
  request.permissions = read_permissions(fields, in.getPermissions());
  request.message = read_words(fields, in.getMessage(), "request.message");
  request.reason = read_words(fields, in.getReason(), "request.reason");
  request.state = fields.enumerant(in.getState(), SharingState::expired, "state");
  request.created_at = decode_time(in.getCreatedAtNs());
  if (in.getHasDecided()) {
    request.decided_at = decode_time(in.getDecidedAtNs());
  }
  if (in.getHasEnded()) {
    request.ended_at = decode_time(in.getEndedAtNs());
  }
  if (in.getHasExpiry()) {
    request.expires_at = decode_time(in.getExpiresAtNs());
  }
  return fields.finish(std::move(request));
}

void encode_request(const SharingRequest& request, wire::SharingRequest::Builder out) {
  encode_uuid(request.id, out.initId());
  encode_uuid(request.policy, out.initPolicy());
  encode_id(request.owner, out.initOwner());
  encode_id(request.consumer, out.initConsumer());
  out.setPermissions(request.permissions.bits());
  out.setMessage(request.message);
  out.setReason(request.reason);
  out.setState(encode_enum<wire::SharingState>(request.state));
  out.setCreatedAtNs(encode_time(request.created_at));
  out.setHasDecided(request.decided_at.has_value());
  out.setDecidedAtNs(encode_time(request.decided_at.value_or(WallTime{})));
  out.setHasEnded(request.ended_at.has_value());
  out.setEndedAtNs(encode_time(request.ended_at.value_or(WallTime{})));
  out.setHasExpiry(request.expires_at.has_value());
  out.setExpiresAtNs(encode_time(request.expires_at.value_or(WallTime{})));
}

std::uint64_t words_of(const SharingRequest& request) {
  constexpr std::uint64_t ids = 4 * 2;
  return capnp::sizeInWords<wire::SharingRequest>() + ids + access_text_words(request.message) +
         access_text_words(request.reason);
}

Result<SharingPage> decode_sharing_page(wire::SharingRequestPage::Reader in) {
  FieldReader fields("");
  SharingPage page;
  const auto requests = in.getRequests();
  if (fields.require(requests.size() <= page_size_max, "requests", "are more than 1000")) {
    for (const auto& request : requests) {
      page.requests.push_back(fields.part(decode_request(request)));
    }
  }
  page.more = in.getMore();
  return fields.finish(std::move(page));
}

void encode_sharing_page(const SharingPage& page, wire::SharingRequestPage::Builder out) {
  auto requests = out.initRequests(static_cast<unsigned>(page.requests.size()));
  for (unsigned i = 0; i < requests.size(); ++i) {
    encode_request(page.requests[i], requests[i]);
  }
  out.setMore(page.more);
}

Result<SharingQuery> decode_sharing_query(wire::TenantAdmin::ListAccessParams::Reader in) {
  FieldReader fields("");
  SharingQuery query;
  query.side = fields.enumerant(in.getSide(), SharingSide::consumer, "side");
  if (const PolicyId policy = decode_policy_id(in.getPolicy()); policy != PolicyId{}) {
    query.policy = policy;
  }
  if (in.getHasState()) {
    query.state = fields.enumerant(in.getState(), SharingState::expired, "state");
  }
  if (const SharingId after = decode_sharing_id(in.getAfter()); after != SharingId{}) {
    query.after = after;
  }
  query.page_size = in.getPageSize();
  fields.require(query.page_size >= 1 && query.page_size <= page_size_max, "pageSize",
                 "is not from 1 to 1000");
  return fields.finish(std::move(query));
}

void encode_sharing_query(const SharingQuery& query,
                          wire::TenantAdmin::ListAccessParams::Builder out) {
  out.setSide(encode_enum<wire::SharingSide>(query.side));
  encode_uuid(query.policy.value_or(PolicyId{}), out.initPolicy());
  out.setHasState(query.state.has_value());
  if (query.state) {
    out.setState(encode_enum<wire::SharingState>(*query.state));
  }
  encode_uuid(query.after.value_or(SharingId{}), out.initAfter());
  out.setPageSize(static_cast<std::uint32_t>(std::min(query.page_size, page_size_max + 1)));
}

Result<RequestAccess> decode_request_access(wire::TenantAdmin::RequestAccessParams::Reader in) {
  FieldReader fields("");
  RequestAccess wish;
  wish.policy = decode_policy_id(in.getPolicy());
  wish.permissions = read_permissions(fields, in.getPermissions());
  wish.message = read_words(fields, in.getMessage(), "message");
  if (const std::string peer = fields.text(in.getPeer(), "peer"); !peer.empty()) {
    wish.peer = parse_peer_address(peer);
    fields.require(wish.peer.has_value(), "peer", "is no IPv4 or IPv6 address");
  }
  return fields.finish(std::move(wish));
}

Result<ApproveAccess> decode_approve_access(wire::TenantAdmin::ApproveAccessParams::Reader in) {
  FieldReader fields("");
  ApproveAccess wish;
  wish.id = decode_sharing_id(in.getRequest());
  wish.permissions = read_permissions(fields, in.getPermissions());
  if (in.getHasExpiry()) {
    wish.expires_at = decode_time(in.getExpiresAtNs());
  }
  wish.reason = read_words(fields, in.getReason(), "reason");
  return fields.finish(std::move(wish));
}

Result<RejectAccess> decode_reject_access(wire::TenantAdmin::RejectAccessParams::Reader in) {
  FieldReader fields("");
  RejectAccess wish;
  wish.id = decode_sharing_id(in.getRequest());
  wish.reason = read_words(fields, in.getReason(), "reason");
  return fields.finish(std::move(wish));
}

Result<WithdrawAccess> decode_withdraw_access(wire::TenantAdmin::WithdrawAccessParams::Reader in) {
  WithdrawAccess wish;
  wish.id = decode_sharing_id(in.getRequest());
  return wish;
}

Result<RevokeAccess> decode_revoke_access(wire::TenantAdmin::RevokeAccessParams::Reader in) {
  FieldReader fields("");
  RevokeAccess wish;
  wish.id = decode_sharing_id(in.getRequest());
  wish.reason = read_words(fields, in.getReason(), "reason");
  return fields.finish(std::move(wish));
}

void encode_access(const RequestAccess& wish, wire::TenantAdmin::RequestAccessParams::Builder out) {
  encode_uuid(wish.policy, out.initPolicy());
  out.setPermissions(wish.permissions.bits());
  out.setMessage(wish.message);
  out.setPeer(wish.peer ? to_string(*wish.peer) : "");
}

void encode_access(const ApproveAccess& wish, wire::TenantAdmin::ApproveAccessParams::Builder out) {
  encode_uuid(wish.id, out.initRequest());
  out.setPermissions(wish.permissions.bits());
  out.setHasExpiry(wish.expires_at.has_value());
  out.setExpiresAtNs(encode_time(wish.expires_at.value_or(WallTime{})));
  out.setReason(wish.reason);
}

void encode_access(const RejectAccess& wish, wire::TenantAdmin::RejectAccessParams::Builder out) {
  encode_uuid(wish.id, out.initRequest());
  out.setReason(wish.reason);
}

void encode_access(const WithdrawAccess& wish,
                   wire::TenantAdmin::WithdrawAccessParams::Builder out) {
  encode_uuid(wish.id, out.initRequest());
}

void encode_access(const RevokeAccess& wish, wire::TenantAdmin::RevokeAccessParams::Builder out) {
  encode_uuid(wish.id, out.initRequest());
  out.setReason(wish.reason);
}

}  // namespace sluice
