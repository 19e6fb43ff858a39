// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/outbox.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "actors/tenant/audit_json.hpp"
#include "actors/tenant/invariant.hpp"

namespace sluice {

namespace {

/// The number that a member of an object has, which `audit::Fields` wrote.
std::optional<std::uint32_t> number_in_data(std::string_view data, std::string_view member) {
  const std::string name = std::string{"\""}.append(member).append("\":");
  const std::size_t found = data.find(name);
  if (found == std::string_view::npos) {
    return std::nullopt;
  }
  std::uint32_t number = 0;
  const char* const begin = data.data() + found + name.size();
  const auto [end, error] = std::from_chars(begin, data.data() + data.size(), number);
  return error == std::errc{} && end != begin ? std::optional{number} : std::nullopt;
}

std::string cut_trouble(std::string text) {
  if (text.size() > delivery_trouble_bytes_max) {
    text.resize(delivery_trouble_bytes_max);
  }
  // It quotes whom we do not know.
  std::ranges::replace_if(
      text, [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

Result<Done> validate_page_size(std::size_t size) {
  if (size < 1 || size > alert_page_size_max) {
    return Fault{FaultCode::invalid_argument,
                 "page_size: is outside 1 to " + std::to_string(alert_page_size_max)};
  }
  return Done{};
}

}  // namespace

std::string_view to_string(DeliveryState state) {
  switch (state) {
    case DeliveryState::pending:
      return "pending";
    case DeliveryState::delivered:
      return "delivered";
    case DeliveryState::dead:
      return "dead";
  }
  SLUICE_INVARIANT(!"a state outside of its enum");
}

std::optional<DeliveryState> parse_delivery_state(std::string_view text) {
  for (const auto state : {DeliveryState::pending, DeliveryState::delivered, DeliveryState::dead}) {
    if (text == to_string(state)) {
      return state;
    }
  }
  return std::nullopt;
}

std::string_view to_string(WebhookOwner owner) {
  return owner == WebhookOwner::tenant ? "tenant" : "platform";
}

std::optional<WebhookOwner> parse_webhook_owner(std::string_view text) {
  return text == "tenant"     ? std::optional{WebhookOwner::tenant}
         : text == "platform" ? std::optional{WebhookOwner::platform}
                              : std::nullopt;
}

Duration delivery_back_off(std::uint32_t attempts, std::uint64_t random) {
  SLUICE_INVARIANT(attempts > 0);
  Duration most = delivery_back_off_first;
  for (std::uint32_t doubled = 1; doubled < attempts && most < delivery_back_off_max; ++doubled) {
    most *= 2;
  }
  most = std::min(most, delivery_back_off_max);
  constexpr Duration least = std::chrono::seconds{1};
  const auto span = static_cast<std::uint64_t>((most - least).count());
  return least + Duration{static_cast<std::int64_t>(random % (span + 1))};
}

Delivery after_attempt(Delivery delivery, const Attempt& attempt, std::uint64_t random,
                       WallTime now) {
  SLUICE_INVARIANT(delivery.state == DeliveryState::pending);
  ++delivery.attempts;
  delivery.trouble = attempt.delivered ? std::string{} : cut_trouble(attempt.trouble);
  delivery.next = now;
  if (attempt.delivered) {
    delivery.state = DeliveryState::delivered;
  } else if (attempt.hopeless || delivery.attempts >= delivery_attempts_max) {
    delivery.state = DeliveryState::dead;
  } else {
    const Duration wait = delivery_back_off(delivery.attempts, random);
    delivery.next = now > WallTime::max() - wait ? WallTime::max() : now + wait;
  }
  return delivery;
}

bool wants(std::span<const std::string> events, AlertKind kind) {
  return std::ranges::any_of(events, [kind](const std::string& event) {
    return event == "*" || event == to_string(kind);
  });
}

std::vector<Delivery> deliveries_of(const Alert& alert, const Customisation& tenants,
                                    std::span<const Webhook> platforms, WallTime now) {
  std::vector<Delivery> planned;
  const auto add = [&](std::span<const Webhook> hooks, WebhookOwner owner) {
    for (const Webhook& hook : hooks) {
      const bool is_test = alert.kind == AlertKind::webhook_test;
      const bool told =
          is_test ? alert.data.find(audit::json(std::string_view{hook.url})) != std::string::npos
                  : hook.enabled && wants(hook.events, alert.kind);
      if (told) {
        planned.push_back({.alert = alert.id, .owner = owner, .url = hook.url, .next = now});
      }
    }
  };
  if (alert.tenant != TenantId{}) {
    add(tenants.webhooks, WebhookOwner::tenant);
  }
  add(platforms, WebhookOwner::platform);
  return planned;
}

std::string named_data(const Alert& alert, const TenantDefinition* tenant,
                       const MeterTable& meters) {
  SLUICE_INVARIANT(alert.data.size() >= 2 && alert.data.back() == '}');
  audit::Fields names;
  if (tenant != nullptr) {
    names.add("tenant_slug", std::string_view{tenant->slug});
    const auto id = number_in_data(alert.data, "limit_id");
    const auto limit = std::ranges::find_if(
        tenant->limits, [&](const Limit& one) { return id && one.id == LimitId{*id}; });
    if (limit != tenant->limits.end()) {
      names.add("limit", std::string_view{limit->name});
    }
  }
  const auto meter = number_in_data(alert.data, "meter_id");
  if (meter && *meter >= 1 && *meter <= meters.size()) {
    names.add("meter", std::string_view{meters[*meter - 1].name});
  }
  const std::string added = names.object();
  if (added.size() <= 2 || alert.data.size() + added.size() > alert_data_bytes_max) {
    return alert.data;
  }
  const std::string_view inner = std::string_view{added}.substr(1);
  std::string data = alert.data.substr(0, alert.data.size() - 1);
  return data.append(data.size() > 1 ? "," : "").append(inner);
}

Result<Done> validate(const AlertQuery& query) {
  return validate_page_size(query.page_size);
}

Result<Done> validate(const DeliveryQuery& query) {
  return validate_page_size(query.page_size);
}

}  // namespace sluice
