// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/api_key.hpp"

#include <algorithm>
#include <charconv>

#include "actors/tenant/text.hpp"

namespace sluice {

namespace {

constexpr std::size_t id_digits = 16;
constexpr std::size_t name_characters_max = 100;

Fault wrong(std::string_view field, std::string_view what) {
  return Fault{FaultCode::invalid_argument, std::string{field} + ' ' + std::string{what}};
}

}  // namespace

std::string_view to_string(CallerKind kind) {
  switch (kind) {
    case CallerKind::gateway:
      return "gateway";
    case CallerKind::operator_:
      return "operator";
    case CallerKind::member:
      return "member";
  }
  return "unknown";
}

std::optional<CallerKind> parse_caller_kind(std::string_view text) {
  for (const CallerKind kind : {CallerKind::gateway, CallerKind::operator_, CallerKind::member}) {
    if (text == to_string(kind)) {
      return kind;
    }
  }
  return std::nullopt;
}

std::string to_string(KeyId id) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text(id_digits, '0');
  for (std::size_t at = 0; at < id_digits; ++at) {
    text[id_digits - 1 - at] = digits[(id.raw() >> (4 * at)) & 15];
  }
  return text;
}

std::optional<KeyId> parse_key_id(std::string_view text) {
  std::uint64_t raw = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), raw, 16);
  if (text.size() != id_digits || error != std::errc{} || end != text.end() || raw == 0 ||
      raw >> 63 != 0 || to_string(KeyId{raw}) != text) {
    return std::nullopt;
  }
  return KeyId{raw};
}

std::string to_text(const std::vector<TenantId>& tenants) {
  std::string text;
  for (const TenantId id : tenants) {
    text += text.empty() ? "" : " ";
    text += to_string(id);
  }
  return text;
}

std::optional<std::vector<TenantId>> parse_tenants(std::string_view text) {
  std::vector<TenantId> tenants;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const auto id = parse_tenant_id(text.substr(0, end));
    if (!id || tenants.size() == covered_tenants_max) {
      return std::nullopt;
    }
    tenants.push_back(*id);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  std::ranges::sort(tenants);
  tenants.erase(std::unique(tenants.begin(), tenants.end()), tenants.end());
  return tenants;
}

Result<Done> validate(const ApiKey& key) {
  if (const Objection objection = object_to_prose(key.name, name_characters_max)) {
    return wrong("name", *objection);
  }
  switch (key.kind) {
    case CallerKind::gateway:
      if (key.permissions != PermissionSet{Permission::checks_write}) {
        return wrong("scopes", "of a gateway are checks:write and nothing else");
      }
      break;
    case CallerKind::operator_:
      if (key.permissions.empty()) {
        return wrong("scopes", "are empty: the key could do nothing");
      }
      break;
    case CallerKind::member:
      return wrong("kind", "member is only for tokens: members are people");
  }
  if (key.tenants && (key.tenants->empty() || key.tenants->size() > covered_tenants_max)) {
    return wrong("tenants", "are to be 1 to " + std::to_string(covered_tenants_max) + ", or all");
  }
  if (key.tenants &&
      std::ranges::adjacent_find(*key.tenants, std::greater_equal<>{}) != key.tenants->end()) {
    return wrong("tenants", "name one twice");
  }
  if (key.expires_at <= key.created_at) {
    return wrong("expires_at", "is not in the future");
  }
  return Done{};
}

bool names(const ApiKey& key, TenantId tenant) {
  return key.tenants && std::ranges::binary_search(*key.tenants, tenant);
}

bool uncover(ApiKey& key, TenantId purged) {
  if (!names(key, purged)) {
    return true;
  }
  std::erase(*key.tenants, purged);
  return !key.tenants->empty();
}

void PurgedTenants::add(TenantId tenant) {
  nodes_.push_back(
      std::make_unique<const Node>(Node{tenant, latest_.load(std::memory_order_relaxed)}));
  latest_.store(nodes_.back().get(), std::memory_order_release);
}

bool PurgedTenants::contains(TenantId tenant) const {
  const Node* node = latest_.load(std::memory_order_acquire);
  while (node != nullptr && node->tenant != tenant) {
    node = node->next;
  }
  return node != nullptr;
}

}  // namespace sluice
