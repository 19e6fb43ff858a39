// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include "server/http/api_routes.hpp"
#include "server/http/located.hpp"
#include "server/http/parameters.hpp"
#include "server/http/tenant_bodies.hpp"

namespace sluice::http {
namespace {

/// Answers with a tenant.
Reply<TenantDefinition> tell_tenant(const ExchangePtr& exchange, unsigned status = 200) {
  return or_fault<TenantDefinition>(exchange, [exchange, status](const TenantDefinition& tenant) {
    exchange->service->names.forget(tenant.slug);
    exchange->answer(success(document_of(tenant, *exchange->service->engine().meters()), status));
  });
}

void amend(const ExchangePtr& exchange, Amendment amendment) {
  Service& service = *exchange->service;
  service.engine().amend(service.here, exchange->author(), std::move(amendment),
                         tell_tenant(exchange));
}

Fault wrong(std::string_view what) {
  return Fault{FaultCode::invalid_argument, std::string{what}};
}

Wrong read_tier(const Json& value, ChangeTier& into) {
  return read_text(value, into.tier);
}

Wrong read_when(const Json& value, ChangeTier& into) {
  into.at_period_end = value == "period_end";
  return into.at_period_end || value == "now" ? Wrong{} : "must be now or period_end";
}

Wrong read_reason(const Json& value, Suspend& into) {
  return read_text(value, into.reason);
}

}  // namespace

void answer_create_tenant(const ExchangePtr& exchange, const Route& /*route*/) {
  TenantWish wish;
  if (read_body(exchange, members_of_new_tenant(), wish)) {
    Service& service = *exchange->service;
    service.engine().create(service.here, exchange->author(), draft_from(wish),
                            tell_tenant(exchange, 201));
  }
}

void answer_list_tenants(const ExchangePtr& exchange, const Route& /*route*/) {
  const Request& request = exchange->request;
  TenantQuery query;
  query.tier = request.parameter("tier").value_or("");
  query.text = request.parameter("text").value_or("");
  if (const auto after = request.parameter("after")) {
    query.after = parse_tenant_id(*after);
    if (!query.after) {
      return exchange->answer(failure(wrong("after: is not the id of a tenant")));
    }
  }
  const auto count = count_in(request, "limit", query.page_size, page_size_max);
  if (!count) {
    return exchange->answer(failure(wrong("limit: is not from 1 to 1000")));
  }
  query.page_size = *count;
  Service& service = *exchange->service;
  service.engine().list(service.here, std::move(query),
                        or_fault<TenantPage>(exchange, [exchange](const TenantPage& page) {
                          const auto meters = exchange->service->engine().meters();
                          Json data{{"tenants", Json::array()}, {"next", nullptr}};
                          for (const TenantDefinition& tenant : page.tenants) {
                            data["tenants"].push_back(document_of(tenant, *meters));
                          }
                          if (page.more && !page.tenants.empty()) {
                            data["next"] = to_string(page.tenants.back().id);
                          }
                          exchange->answer(success(data));
                        }));
}

void answer_show_tenant(const ExchangePtr& exchange, const Route& /*route*/) {
  with_definition(exchange, [exchange](const TenantDefinition& tenant) {
    exchange->answer(success(document_of(tenant, *exchange->service->engine().meters())));
  });
}

void answer_edit_tenant(const ExchangePtr& exchange, const Route& /*route*/) {
  TenantWish wish;
  if (!read_body(exchange, members_of_tenant_change(), wish)) {
    return;
  }
  // What a tenant pays, and when its windows end, is not its own to change.
  if (wish.fields.tier || wish.fields.billing_anchor_day) {
    exchange->wanted.permission = Permission::billing_write;
  }
  with_tenant(exchange, [exchange, wish = std::move(wish)](TenantId tenant) {
    amend(exchange, Amendment{tenant, wish.version, wish.fields});
  });
}

void answer_suspend_tenant(const ExchangePtr& exchange, const Route& /*route*/) {
  Suspend suspend;
  constexpr std::array members{Member<Suspend>{
      "reason", R"({"type":"string","minLength":1,"maxLength":200})", true, read_reason}};
  if (read_body<Suspend>(exchange, members, suspend)) {
    with_tenant(exchange, [exchange, suspend](TenantId tenant) {
      amend(exchange, Amendment{tenant, std::nullopt, LifeEvent{suspend}});
    });
  }
}

void answer_upgrade_tenant(const ExchangePtr& exchange, const Route& /*route*/) {
  ChangeTier change{.tier = {}, .at_period_end = false, .move = TierMove::up};
  static constexpr std::array members{
      Member<ChangeTier>{"tier", R"({"type":"string"})", true, read_tier},
      Member<ChangeTier>{"when", R"({"type":"string","enum":["now","period_end"]})", false,
                         read_when}};
  if (read_body<ChangeTier>(exchange, members, change)) {
    with_tenant(exchange, [exchange, change](TenantId tenant) {
      Service& service = *exchange->service;
      const auto tell = [exchange](const TierChanged& changed) {
        exchange->answer(success(document_of(changed, *exchange->service->engine().meters())));
      };
      service.engine().change_tier(service.here, exchange->author(), tenant, std::nullopt, change,
                                   or_fault<TierChanged>(exchange, tell));
    });
  }
}

void answer_reactivate_tenant(const ExchangePtr& exchange, const Route& /*route*/) {
  with_tenant(exchange, [exchange](TenantId tenant) {
    amend(exchange, Amendment{tenant, std::nullopt, LifeEvent{Reactivate{}}});
  });
}

void answer_delete_tenant(const ExchangePtr& exchange, const Route& /*route*/) {
  with_tenant(exchange, [exchange](TenantId tenant) {
    amend(exchange, Amendment{tenant, std::nullopt, LifeEvent{Deactivate{}}});
  });
}

void answer_quotas(const ExchangePtr& exchange, const Route& /*route*/) {
  with_tenant(exchange, [exchange](TenantId tenant) {
    Service& service = *exchange->service;
    service.engine().usage(service.here, tenant,
                           or_fault<TenantUsage>(exchange, [exchange](const TenantUsage& usage) {
                             const auto meters = exchange->service->engine().meters();
                             Json data = Json::array();
                             for (const LimitUsage& limit : usage.limits) {
                               data.push_back(document_of(limit, *meters));
                             }
                             exchange->answer(success(data));
                           }));
  });
}

void answer_put_quota(const ExchangePtr& exchange, const Route& /*route*/) {
  QuotaWish wish;
  if (!read_body(exchange, members_of_quota(), wish)) {
    return;
  }
  with_definition(exchange, [exchange, wish = std::move(wish)](const TenantDefinition& tenant) {
    const std::string& name = exchange->parts.at(1);
    const auto current = std::ranges::find(tenant.limits, name, &Limit::name);
    auto limit = limit_from(wish, name, current == tenant.limits.end() ? nullptr : &*current,
                            *exchange->service->engine().meters());
    // What it was made of has to be what it replaces.
    limit.ok()
        ? amend(exchange, Amendment{tenant.id, tenant.version, PutLimit{std::move(limit).value()}})
        : exchange->answer(failure(limit.fault()));
  });
}

void answer_delete_quota(const ExchangePtr& exchange, const Route& /*route*/) {
  with_tenant(exchange, [exchange](TenantId tenant) {
    amend(exchange, Amendment{tenant, std::nullopt, RemoveLimit{exchange->parts.at(1)}});
  });
}

void answer_meters(const ExchangePtr& exchange, const Route& /*route*/) {
  Json data = Json::array();
  for (const Meter& meter : *exchange->service->engine().meters()) {
    data.push_back(document_of(meter));
  }
  exchange->answer(success(data));
}

void answer_define_meter(const ExchangePtr& exchange, const Route& /*route*/) {
  static constexpr std::array members{
      Member<Meter>{"name", R"({"type":"string"})", true,
                    [](const Json& value, Meter& into) { return read_text(value, into.name); }},
      Member<Meter>{"unit", R"({"type":"string"})", true,
                    [](const Json& value, Meter& into) { return read_text(value, into.unit); }}};
  Meter wish{MeterId{0}, {}, {}};
  if (read_body(exchange, std::span<const Member<Meter>>(members), wish)) {
    Service& service = *exchange->service;
    service.engine().define_meter(service.here, exchange->author(), wish.name, wish.unit,
                                  or_fault<Meter>(exchange, [exchange](const Meter& meter) {
                                    exchange->answer(success(document_of(meter), 201));
                                  }));
  }
}

}  // namespace sluice::http
