// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <utility>

#include "server/http/api_routes.hpp"
#include "server/http/located.hpp"
#include "server/http/member_bodies.hpp"
#include "server/http/parameters.hpp"
#include "server/rpc/tenants_of.hpp"

namespace sluice::http {
namespace {

template <std::string AddMember::*field>
Wrong read_field(const Json& value, AddMember& into) {
  return read_text(value, into.*field);
}

Wrong read_invite(const Json& value, AddMember& into) {
  if (!value.is_boolean()) {
    return "must be true or false";
  }
  into.invite = value.get<bool>();
  return std::nullopt;
}

constexpr std::array new_member{
    Member<AddMember>{"userId", R"({"type":"string","minLength":1,"maxLength":255})", true,
                      read_field<&AddMember::user_id>},
    Member<AddMember>{"email", R"({"type":"string"})", false, read_field<&AddMember::email>},
    Member<AddMember>{"role",
                      R"({"type":"string","description":"owner, admin, member, viewer, or one of )"
                      R"(the tenant's own."})",
                      true, read_field<&AddMember::role>},
    Member<AddMember>{"invite", R"({"type":"boolean","default":false})", false, read_invite}};

Fault wrong(std::string_view what) {
  return Fault{FaultCode::invalid_argument, std::string{what}};
}

constexpr std::string_view wrong_count = "limit: is not from 1 to 1000";

/// Makes the event happen and answers with whom it was about.
void change(const ExchangePtr& exchange, MemberEvent event, unsigned status) {
  with_tenant(exchange, [exchange, event = std::move(event), status](TenantId tenant) {
    Service& service = *exchange->service;
    service.engine().change_members(
        service.here, exchange->author(), MemberWish{tenant, event, exchange->permissions},
        [exchange, status](const Result<MemberAnswer>& answer) {
          exchange->answer(answer.ok() ? success(document_of(answer.value().member.value()), status)
                                       : failure(answer.fault()));
        });
  });
}

}  // namespace

std::span<const Member<AddMember>> members_of_new_member() {
  return new_member;
}

Json document_of(const sluice::Member& member) {
  return Json{{"userId", member.user_id},
              {"email", member.email},
              {"role", member.role},
              {"status", to_string(member.status)},
              {"invitedAt", instant_or_null(member.invited_at)},
              {"joinedAt", member.joined_at ? instant_or_null(*member.joined_at) : Json()}};
}

Json document_of(const TenantOf& tenant) {
  return Json{{"id", to_string(tenant.tenant)},
              {"slug", tenant.slug},
              {"name", tenant.name},
              {"member", document_of(tenant.member)}};
}

void answer_list_members(const ExchangePtr& exchange, const Route& /*route*/) {
  const Request& request = exchange->request;
  MemberQuery query;
  query.text = request.parameter("text").value_or("");
  query.after = request.parameter("after").value_or("");
  if (const auto status = request.parameter("status")) {
    query.status = parse_member_status(*status);
    if (!query.status) {
      return exchange->answer(failure(wrong("status: is not invited, active or suspended")));
    }
  }
  const auto count = count_in(request, "limit", query.page_size, page_size_max);
  if (!count) {
    return exchange->answer(failure(wrong(wrong_count)));
  }
  query.page_size = *count;
  with_definition(exchange, [exchange, query](const TenantDefinition& tenant) {
    MemberQuery of_tenant = query;
    of_tenant.tenant = tenant.id;
    Service& service = *exchange->service;
    service.engine().members(service.here, std::move(of_tenant),
                             or_fault<MemberPage>(exchange, [exchange](const MemberPage& page) {
                               Json data{{"members", Json::array()}, {"next", nullptr}};
                               for (const sluice::Member& member : page.members) {
                                 data["members"].push_back(document_of(member));
                               }
                               if (page.more && !page.members.empty()) {
                                 data["next"] = page.members.back().user_id;
                               }
                               exchange->answer(success(data));
                             }));
  });
}

void answer_add_member(const ExchangePtr& exchange, const Route& route) {
  AddMember wish;
  if (read_body(exchange, members_of_new_member(), wish)) {
    change(exchange, std::move(wish), route.status);
  }
}

void answer_remove_member(const ExchangePtr& exchange, const Route& /*route*/) {
  change(exchange, RemoveMember{exchange->parts.at(1)}, 200);
}

void answer_tenants_of(const ExchangePtr& exchange, const Route& /*route*/) {
  const Request& request = exchange->request;
  const auto access = exchange->service->environment->on.authorize.access_of(request);
  if (!access.ok()) {
    return exchange->answer(failure(access.fault()));
  }
  TenantsOfQuery query;
  query.user_id = exchange->parts.front();
  if (const auto objection = object_to_user(access.value(), query.user_id)) {
    return exchange->answer(failure(*objection));
  }
  if (const auto after = request.parameter("after")) {
    query.after = parse_tenant_id(*after);
    if (!query.after) {
      return exchange->answer(failure(wrong("after: is not the id of a tenant")));
    }
  }
  const auto count = count_in(request, "limit", query.page_size, page_size_max);
  if (!count) {
    return exchange->answer(failure(wrong(wrong_count)));
  }
  query.page_size = *count;
  Service& service = *exchange->service;
  tell_tenants_of(service.engine(), service.here, access.value(), std::move(query),
                  or_fault<TenantsOfPage>(exchange, [exchange](const TenantsOfPage& page) {
                    Json data{{"tenants", Json::array()}, {"next", nullptr}};
                    for (const TenantOf& tenant : page.tenants) {
                      data["tenants"].push_back(document_of(tenant));
                    }
                    if (page.more && !page.tenants.empty()) {
                      data["next"] = to_string(page.tenants.back().tenant);
                    }
                    exchange->answer(success(data));
                  }));
}

}  // namespace sluice::http
