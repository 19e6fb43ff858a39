// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

#include "actors/tenant/limit_names.hpp"
#include "server/http/api_routes.hpp"
#include "server/http/located.hpp"
#include "server/http/parameters.hpp"
#include "server/http/tenant_bodies.hpp"

namespace sluice::http {
namespace {

/// As of now.
template <class T>
Json document_in(const Service& service, const T& told) {
  const Engine& engine = service.engine();
  return document_of(told, *engine.meters(), *engine.tiers());
}

/// Answers with a tenant.
Reply<TenantDefinition> tell_tenant(const ExchangePtr& exchange, unsigned status = 200) {
  return or_fault<TenantDefinition>(exchange, [exchange, status](const TenantDefinition& tenant) {
    exchange->service->names.forget(tenant.slug);
    exchange->answer(success(document_in(*exchange->service, tenant), status));
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

/// What is wished for; with a version, it holds for that one of the tenant only.
template <class T>
struct Expecting {
  T wish{};
  std::optional<Version> version{};
};

template <class T>
constexpr Member<Expecting<T>> version_member{
    "version", {}, false, [](const Json& value, Expecting<T>& into) {
      return read_version(value, into.version);
    }};

using UpgradeWish = Expecting<ChangeTier>;
using MoveWish = Expecting<Placement>;
using SuspendWish = Expecting<Suspend>;

Wrong read_tier(const Json& value, UpgradeWish& into) {
  return read_text(value, into.wish.tier);
}

Wrong read_when(const Json& value, UpgradeWish& into) {
  into.wish.at_period_end = value == "period_end";
  return into.wish.at_period_end || value == "now" ? Wrong{} : "must be now or period_end";
}

Wrong read_to(const Json& value, MoveWish& into) {
  return read_placement(value, into.wish);
}

Wrong read_reason(const Json& value, SuspendWish& into) {
  return read_text(value, into.wish.reason);
}

/// Where there is no body to say it in: `version` in the query, or why that is none.
Result<std::optional<Version>> version_in(const Request& request) {
  const auto given = count_in(request, "version", 0, std::numeric_limits<std::size_t>::max());
  if (!given) {
    return wrong("version: must be a whole number from 1 on");
  }
  return *given == 0 ? std::optional<Version>{} : std::optional{Version{*given}};
}

/// As a request without a body wishes.
void amend_life(const ExchangePtr& exchange, LifeEvent event) {
  const auto expected = version_in(exchange->request);
  if (!expected.ok()) {
    return exchange->answer(failure(expected.fault()));
  }
  with_tenant(exchange,
              [exchange, version = expected.value(), event = std::move(event)](TenantId tenant) {
                amend(exchange, Amendment{tenant, version, event});
              });
}

/// Which tenants are asked for, or why nobody knows.
Result<TenantQuery> tenants_asked_for(const Request& request) {
  TenantQuery query;
  query.tier = request.parameter("tier").value_or("");
  query.text = request.parameter("text").value_or("");
  query.region = request.parameter("region").value_or("");
  if (const auto status = request.parameter("status")) {
    query.status = choice_named(*status, TenantStatus::deactivated);
    if (!query.status) {
      return wrong("status: is none of trial, active, suspended and deactivated");
    }
  }
  if (const auto after = request.parameter("after")) {
    query.after = parse_tenant_id(*after);
    if (!query.after) {
      return wrong("after: is not the id of a tenant");
    }
  }
  const auto count = count_in(request, "limit", query.page_size, page_size_max);
  if (!count) {
    return wrong("limit: is not from 1 to 1000");
  }
  query.page_size = *count;
  return query;
}

}  // namespace

void answer_create_tenant(const ExchangePtr& exchange, const Route& /*route*/) {
  TenantWish wish;
  if (!read_body(exchange, members_of_new_tenant(), wish)) {
    return;
  }
  Service& service = *exchange->service;
  auto draft = draft_from(wish, *service.engine().meters());
  if (!draft.ok()) {
    return exchange->answer(failure(draft.fault()));
  }
  service.engine().create(service.here, exchange->author(), std::move(draft).value(),
                          tell_tenant(exchange, 201), std::move(wish.owner));
}

void answer_list_tenants(const ExchangePtr& exchange, const Route& /*route*/) {
  auto query = tenants_asked_for(exchange->request);
  if (!query.ok()) {
    return exchange->answer(failure(query.fault()));
  }
  Service& service = *exchange->service;
  service.engine().list(service.here, std::move(query).value(),
                        or_fault<TenantPage>(exchange, [exchange](const TenantPage& page) {
                          Json data{{"tenants", Json::array()}, {"next", nullptr}};
                          for (const TenantDefinition& tenant : page.tenants) {
                            data["tenants"].push_back(document_in(*exchange->service, tenant));
                          }
                          if (page.more && !page.tenants.empty()) {
                            data["next"] = to_string(page.tenants.back().id);
                          }
                          exchange->answer(success(data));
                        }));
}

void answer_show_tenant(const ExchangePtr& exchange, const Route& /*route*/) {
  with_definition(exchange, [exchange](const TenantDefinition& tenant) {
    exchange->answer(success(document_in(*exchange->service, tenant)));
  });
}

void answer_edit_tenant(const ExchangePtr& exchange, const Route& /*route*/) {
  TenantWish wish;
  if (!read_body(exchange, members_of_tenant_change(), wish)) {
    return;
  }
  // Nor is where it is and what it complies with, which others may trust in.
  const bool is_for_platform = wish.fields.region || wish.fields.compliance;
  // What a tenant pays, and when its windows end, is not its own to change.
  if (wish.fields.tier || wish.fields.billing_anchor_day || wish.fields.currency) {
    exchange->wanted.permission = Permission::billing_write;
  }
  const auto change = [exchange, wish = std::move(wish)](TenantId tenant) {
    amend(exchange, Amendment{tenant, wish.version, wish.fields});
  };
  if (!is_for_platform) {
    return with_tenant(exchange, change);
  }
  with_tenant(exchange, [exchange, change](TenantId /*tenant*/) {
    exchange->wanted.permission = Permission::platform_write;
    with_tenant(exchange, change);
  });
}

void answer_suspend_tenant(const ExchangePtr& exchange, const Route& /*route*/) {
  SuspendWish suspend;
  static constexpr std::array members{Member<SuspendWish>{"reason", {}, true, read_reason},
                                      version_member<Suspend>};
  if (read_body<SuspendWish>(exchange, members, suspend)) {
    with_tenant(exchange, [exchange, suspend](TenantId tenant) {
      amend(exchange, Amendment{tenant, suspend.version, LifeEvent{suspend.wish}});
    });
  }
}

void answer_upgrade_tenant(const ExchangePtr& exchange, const Route& /*route*/) {
  UpgradeWish change{.wish = {.tier = {}, .at_period_end = false, .move = TierMove::up}};
  static constexpr std::array members{Member<UpgradeWish>{"tier", {}, true, read_tier},
                                      Member<UpgradeWish>{"when", {}, false, read_when},
                                      version_member<ChangeTier>};
  if (read_body<UpgradeWish>(exchange, members, change)) {
    with_tenant(exchange, [exchange, change](TenantId tenant) {
      Service& service = *exchange->service;
      const auto tell = [exchange](const TierChanged& changed) {
        exchange->answer(success(document_in(*exchange->service, changed)));
      };
      service.engine().change_tier(service.here, exchange->author(), tenant, change.version,
                                   change.wish, or_fault<TierChanged>(exchange, tell));
    });
  }
}

void answer_move_tenant(const ExchangePtr& exchange, const Route& /*route*/) {
  MoveWish wish;
  static constexpr std::array members{Member<MoveWish>{"to", {}, true, read_to},
                                      version_member<Placement>};
  if (read_body<MoveWish>(exchange, members, wish)) {
    with_tenant(exchange, [exchange, wish](TenantId tenant) {
      Service& service = *exchange->service;
      service.engine().move(service.here, exchange->author(), tenant, wish.version, wish.wish,
                            tell_tenant(exchange));
    });
  }
}

void answer_reactivate_tenant(const ExchangePtr& exchange, const Route& /*route*/) {
  amend_life(exchange, Reactivate{});
}

void answer_delete_tenant(const ExchangePtr& exchange, const Route& /*route*/) {
  amend_life(exchange, Deactivate{});
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
