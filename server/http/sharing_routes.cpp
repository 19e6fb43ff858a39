// SPDX-License-Identifier: Apache-2.0
#include "server/http/sharing_routes.hpp"

#include <string>
#include <utility>

#include "actors/tenant/sharing/sharing_text.hpp"
#include "protocol/text/sharing_json.hpp"
#include "protocol/text/time_text.hpp"
#include "server/http/located.hpp"
#include "server/http/members.hpp"
#include "server/http/parameters.hpp"
#include "server/rpc/sharing_rules.hpp"

namespace sluice::http {
namespace {

Fault wrong_member(std::string_view what) {
  return Fault{FaultCode::invalid_argument, std::string{what}};
}

Reply<SharingPolicy> tell_policy(const ExchangePtr& exchange, unsigned status = 200) {
  return or_fault<SharingPolicy>(exchange, [exchange, status](const SharingPolicy& policy) {
    exchange->answer(success(text::json_of(policy, *exchange->service->engine().meters()), status));
  });
}

/// The id in the path; one that is none is not there.
template <class Id>
std::optional<Id> id_in_path(const ExchangePtr& exchange,
                             std::optional<Id> (*parse)(std::string_view)) {
  auto id = parse(exchange->parts.at(0));
  if (!id) {
    exchange->answer(failure(Fault{FaultCode::not_found, "there is no such id"}));
  }
  return id;
}

/// The body as an object; an empty one is one without members.
Result<Json> optional_object(const ExchangePtr& exchange) {
  return exchange->request.body.empty() ? Result<Json>{Json::object()}
                                        : parse_object(exchange->request.body);
}

/// What a request or its decision may say.
struct AccessBody {
  SharePermissions permissions{};
  std::optional<WallTime> expires_at{};
  std::string message{};
  std::string reason{};
  std::optional<PeerAddress> ip{};
};

Wrong read_access_permissions(const Json& value, AccessBody& into) {
  if (!value.is_array()) {
    return "must be a list";
  }
  for (const Json& name : value) {
    const auto one = name.is_string() ? parse_share_permission(name.get<std::string>())
                                      : std::optional<SharePermission>{};
    if (!one) {
      return "has one that there is not";
    }
    into.permissions.add(*one);
  }
  return std::nullopt;
}

Wrong read_access_expiry(const Json& value, AccessBody& into) {
  const auto instant = value.is_string() ? text::parse_instant(value.get<std::string>())
                                         : Result<WallTime>{wrong_member("")};
  if (!instant.ok()) {
    return "must be an RFC 3339 instant";
  }
  into.expires_at = instant.value();
  return std::nullopt;
}

Wrong read_access_ip(const Json& value, AccessBody& into) {
  into.ip = value.is_string() ? parse_peer_address(value.get<std::string>()) : std::nullopt;
  return into.ip ? Wrong{} : Wrong{"is no IPv4 or IPv6 address"};
}

template <std::string AccessBody::*field>
Wrong read_access_text(const Json& value, AccessBody& into) {
  return read_text(value, into.*field);
}

constexpr Member<AccessBody> permissions_member{"permissions", R"({"type":"array"})", false,
                                                read_access_permissions};
constexpr Member<AccessBody> reason_member{"reason", R"({"type":"string"})", false,
                                           read_access_text<&AccessBody::reason>};
constexpr std::array asked_members{
    permissions_member,
    Member<AccessBody>{"message", R"({"type":"string"})", false,
                       read_access_text<&AccessBody::message>},
    Member<AccessBody>{"ip", R"({"type":"string"})", false, read_access_ip}};
constexpr std::array approved_members{
    permissions_member, reason_member,
    Member<AccessBody>{"expiresAt", R"({"type":"string"})", false, read_access_expiry}};
constexpr std::array decided_members{reason_member};

/// Reads the body, and makes the step that `wish_of` makes of it and the tenant who acts.
template <class WishOf>
void change_access(const ExchangePtr& exchange, std::span<const Member<AccessBody>> members,
                   unsigned status, WishOf wish_of) {
  const auto body = optional_object(exchange);
  if (!body.ok()) {
    return exchange->answer(malformed(body.fault()));
  }
  AccessBody said;
  if (const auto read = read_members(body.value(), members, said); !read.ok()) {
    return exchange->answer(failure(read.fault()));
  }
  with_acting_tenant(exchange, [exchange, said, status, wish_of](TenantId tenant) {
    Service& service = *exchange->service;
    service.engine().change_access(
        service.here, exchange->author(), wish_of(tenant, said),
        or_fault<SharingRequest>(exchange, [exchange, status](const SharingRequest& request) {
          exchange->answer(success(text::json_of(request), status));
        }));
  });
}

Result<PolicyQuery> policy_query_of(const Request& request) {
  PolicyQuery query;
  query.discover = request.parameter("discover").value_or("") == "true";
  if (const auto type = request.parameter("type")) {
    query.type = parse_resource_type(*type);
    if (!query.type) {
      return wrong_member("type: is not one that there is");
    }
  }
  if (const auto after = request.parameter("after")) {
    query.after = parse_policy_id(*after);
    if (!query.after) {
      return wrong_member("after: is not the UUID of a policy");
    }
  }
  const auto count = count_in(request, "limit", query.page_size, page_size_max);
  if (!count) {
    return wrong_member("limit: is not from 1 to 1000");
  }
  query.page_size = *count;
  return query;
}

Result<SharingQuery> access_query_of(const Request& request) {
  SharingQuery query;
  const std::string_view side = request.parameter("as").value_or("owner");
  if (side != "owner" && side != "consumer") {
    return wrong_member("as: must be owner or consumer");
  }
  query.side = side == "owner" ? SharingSide::owner : SharingSide::consumer;
  if (const auto policy = request.parameter("policy")) {
    query.policy = parse_policy_id(*policy);
    if (!query.policy) {
      return wrong_member("policy: is not the UUID of a policy");
    }
  }
  if (const auto state = request.parameter("state")) {
    query.state = parse_sharing_state(*state);
    if (!query.state) {
      return wrong_member("state: is not one that there is");
    }
  }
  if (const auto after = request.parameter("after")) {
    query.after = parse_sharing_id(*after);
    if (!query.after) {
      return wrong_member("after: is not the UUID of a request");
    }
  }
  const auto count = count_in(request, "limit", query.page_size, page_size_max);
  if (!count) {
    return wrong_member("limit: is not from 1 to 1000");
  }
  query.page_size = *count;
  return query;
}

}  // namespace

void answer_put_policy(const ExchangePtr& exchange, const Route& route) {
  const auto body = parse_object(exchange->request.body);
  if (!body.ok()) {
    return exchange->answer(malformed(body.fault()));
  }
  auto parsed = text::parse_policy(body.value(), *exchange->service->engine().meters());
  if (!parsed.ok()) {
    return exchange->answer(failure(parsed.fault()));
  }
  PolicyWish wish = std::move(parsed).value();
  const bool is_new = route.method == Method::post;
  wish.policy.id = PolicyId{};
  if (!is_new) {
    const auto id = id_in_path<PolicyId>(exchange, parse_policy_id);
    if (!id) {
      return;
    }
    wish.policy.id = *id;
  }
  with_acting_tenant(exchange, [exchange, is_new, said = std::move(wish)](TenantId tenant) {
    Service& service = *exchange->service;
    PolicyWish kept = said;
    if (changes_revenue(service.engine(), kept) &&
        !exchange->permissions.has(Permission::billing_write)) {
      return exchange->answer(failure(
          Fault{FaultCode::permission_denied, "policy.revenue: to change it needs billing:write"}));
    }
    auto owned =
        owned_by(service.engine(), service.here, exchange->author(), tenant, std::move(kept));
    if (!owned.ok()) {
      return exchange->answer(failure(owned.fault()));
    }
    service.engine().put_policy(service.here, exchange->author(), std::move(owned).value(),
                                tell_policy(exchange, is_new ? 201 : 200));
  });
}

void answer_list_policies(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto query = policy_query_of(exchange->request);
  if (!query.ok()) {
    return exchange->answer(failure(query.fault()));
  }
  with_acting_tenant(exchange, [exchange, query = query.value()](TenantId tenant) {
    Service& service = *exchange->service;
    PolicyQuery of_tenant = query;
    of_tenant.tenant = tenant;
    service.engine().policies(
        service.here, of_tenant, or_fault<PolicyPage>(exchange, [exchange](const PolicyPage& page) {
          exchange->answer(success(text::json_of(page, *exchange->service->engine().meters())));
        }));
  });
}

void answer_show_policy(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto id = id_in_path<PolicyId>(exchange, parse_policy_id);
  if (!id) {
    return;
  }
  with_acting_tenant(exchange, [exchange, id = *id](TenantId tenant) {
    Service& service = *exchange->service;
    tell_policy(exchange)(
        policy_for(service.engine(), service.here, exchange->author(), tenant, id));
  });
}

void answer_remove_policy(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto id = id_in_path<PolicyId>(exchange, parse_policy_id);
  if (!id) {
    return;
  }
  with_acting_tenant(exchange, [exchange, id = *id](TenantId tenant) {
    Service& service = *exchange->service;
    service.engine().remove_policy(service.here, exchange->author(), tenant, id,
                                   tell_policy(exchange));
  });
}

void answer_request_access(const ExchangePtr& exchange, const Route& /*route*/) {
  if (const auto id = id_in_path<PolicyId>(exchange, parse_policy_id)) {
    const auto from = address_of(exchange->request.peer);
    change_access(exchange, asked_members, 201,
                  [id = *id, from](TenantId tenant, const AccessBody& said) {
                    return AccessWish{RequestAccess{.consumer = tenant,
                                                    .policy = id,
                                                    .permissions = said.permissions,
                                                    .message = said.message,
                                                    .peer = said.ip ? said.ip : from}};
                  });
  }
}

void answer_list_access(const ExchangePtr& exchange, const Route& /*route*/) {
  const auto query = access_query_of(exchange->request);
  if (!query.ok()) {
    return exchange->answer(failure(query.fault()));
  }
  with_acting_tenant(exchange, [exchange, query = query.value()](TenantId tenant) {
    Service& service = *exchange->service;
    SharingQuery of_tenant = query;
    of_tenant.tenant = tenant;
    service.engine().access(service.here, of_tenant,
                            or_fault<SharingPage>(exchange, [exchange](const SharingPage& page) {
                              exchange->answer(success(text::json_of(page)));
                            }));
  });
}

void answer_approve_access(const ExchangePtr& exchange, const Route& /*route*/) {
  if (const auto id = id_in_path<SharingId>(exchange, parse_sharing_id)) {
    change_access(exchange, approved_members, 200,
                  [id = *id](TenantId tenant, const AccessBody& said) {
                    return AccessWish{
                        ApproveAccess{tenant, id, said.permissions, said.expires_at, said.reason}};
                  });
  }
}

void answer_reject_access(const ExchangePtr& exchange, const Route& /*route*/) {
  if (const auto id = id_in_path<SharingId>(exchange, parse_sharing_id)) {
    change_access(exchange, decided_members, 200,
                  [id = *id](TenantId tenant, const AccessBody& said) {
                    return AccessWish{RejectAccess{tenant, id, said.reason}};
                  });
  }
}

void answer_withdraw_access(const ExchangePtr& exchange, const Route& /*route*/) {
  if (const auto id = id_in_path<SharingId>(exchange, parse_sharing_id)) {
    change_access(exchange, {}, 200, [id = *id](TenantId tenant, const AccessBody& /*said*/) {
      return AccessWish{WithdrawAccess{tenant, id}};
    });
  }
}

void answer_revoke_access(const ExchangePtr& exchange, const Route& /*route*/) {
  if (const auto id = id_in_path<SharingId>(exchange, parse_sharing_id)) {
    change_access(exchange, decided_members, 200,
                  [id = *id](TenantId tenant, const AccessBody& said) {
                    return AccessWish{RevokeAccess{tenant, id, said.reason}};
                  });
  }
}

}  // namespace sluice::http
