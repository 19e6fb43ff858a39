// SPDX-License-Identifier: Apache-2.0
#include "server/http/tenant_names.hpp"

#include <absl/hash/hash.h>

#include <utility>

#include "actors/tenant/text.hpp"

namespace sluice::http {
namespace {

bool is_slug(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 && is_spelt_in(name, {.extra = "-"});
}

Fault nobody() {
  return Fault{FaultCode::not_found, "tenant: there is none with this id or slug"};
}

}  // namespace

TenantNames::Entry& TenantNames::entry_of(std::string_view slug) {
  return entries_[absl::Hash<std::string_view>{}(slug) % places];
}

void TenantNames::locate(std::string_view name, Reply<TenantId> reply) {
  if (const auto id = parse_tenant_id(name)) {
    return reply(*id);
  }
  if (!is_slug(name)) {
    return reply(nobody());
  }
  const Entry& entry = entry_of(name);
  if (entry.slug == name && machine_.now().steady < entry.until) {
    return reply(entry.id == TenantId{} ? Result<TenantId>(nobody()) : Result<TenantId>(entry.id));
  }
  engine_.resolve(
      here_, std::string{name},
      [this, slug = std::string{name}, reply = std::move(reply)](const Result<TenantId>& found) {
        learn(slug, found);
        const Entry& known = entry_of(slug);
        if (!found.ok() && found.fault().code == FaultCode::not_found) {
          return reply(nobody());
        }
        const bool stale = !found.ok() && known.slug == slug && known.id != TenantId{};
        reply(stale ? Result<TenantId>(known.id) : found);
      });
}

void TenantNames::forget(std::string_view slug) {
  if (Entry& entry = entry_of(slug); entry.slug == slug) {
    entry = {};
  }
}

void TenantNames::learn(const std::string& slug, const Result<TenantId>& found) {
  const Instant now = machine_.now().steady;
  if (found.ok()) {
    entry_of(slug) = {slug, found.value(), now + believed_for};
  } else if (found.fault().code == FaultCode::not_found) {
    entry_of(slug) = {slug, TenantId{}, now + missing_for};
  }
}

}  // namespace sluice::http
