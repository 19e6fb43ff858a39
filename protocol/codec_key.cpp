// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>

#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

namespace sluice {

static_assert(encode_enum<wire::CallerKind>(CallerKind::member) == wire::CallerKind::MEMBER);

namespace {

constexpr std::size_t scopes_bytes_max = 1'000;

CoveredTenants decode_tenants(wire::ApiKey::Reader in, FieldReader& fields) {
  if (in.getAllTenants()) {
    fields.require(in.getTenants().size() == 0, "tenants", "are listed beside allTenants");
    return std::nullopt;
  }
  std::vector<TenantId> tenants;
  const auto list = in.getTenants();
  if (fields.require(list.size() <= covered_tenants_max, "tenants",
                     "are more than " + std::to_string(covered_tenants_max))) {
    for (const auto id : list) {
      tenants.push_back(decode_id(id));
    }
  }
  std::ranges::sort(tenants);
  return tenants;
}

}  // namespace

Result<ApiKey> decode_key_draft(wire::ApiKey::Reader in) {
  FieldReader fields("draft");
  ApiKey key;
  key.name = fields.text(in.getName(), "name");
  key.kind = fields.enumerant(in.getKind(), CallerKind::member, "kind");
  const auto scopes = decode_text(in.getScopes(), fields.path_of("scopes"), scopes_bytes_max);
  const std::string named = fields.part(scopes);
  const auto permissions = parse_permissions(named);
  if (fields.require(permissions.ok(), "scopes",
                     permissions.ok() ? "" : "hold " + permissions.fault().context)) {
    key.permissions = permissions.value();
  }
  if (key.kind == CallerKind::gateway && named.empty()) {
    key.permissions = PermissionSet{Permission::checks_write};
  }
  key.tenants = decode_tenants(in, fields);
  key.expires_at = decode_time(in.getExpiresAtNs());
  return fields.finish(std::move(key));
}

Result<ApiKey> decode_key(wire::ApiKey::Reader in) {
  auto key = decode_key_draft(in);
  const auto id = decode_text(in.getId(), "key.id");
  const auto read = id.ok() ? parse_key_id(id.value()) : std::nullopt;
  if (!key.ok() || !read) {
    return key.ok() ? invalid("key.id", "is not 16 hexadecimal digits") : key.fault();
  }
  key.value().id = *read;
  key.value().created_at = decode_time(in.getCreatedAtNs());
  return key;
}

void encode_key(const ApiKey& key, wire::ApiKey::Builder out) {
  out.setId(to_string(key.id));
  out.setName(key.name);
  out.setKind(encode_enum<wire::CallerKind>(key.kind));
  out.setScopes(to_string(key.permissions));
  out.setAllTenants(!key.tenants);
  if (key.tenants) {
    auto tenants = out.initTenants(static_cast<unsigned>(key.tenants->size()));
    for (unsigned i = 0; i < tenants.size(); ++i) {
      encode_id((*key.tenants)[i], tenants[i]);
    }
  }
  out.setCreatedAtNs(encode_time(key.created_at));
  out.setExpiresAtNs(encode_time(key.expires_at));
}

Result<ApiKeyPage> decode_key_page(wire::ApiKeyPage::Reader in) {
  ApiKeyPage page;
  for (const auto item : in.getKeys()) {
    auto key = decode_key(item);
    if (!key.ok()) {
      return key.fault();
    }
    page.keys.push_back(std::move(key).value());
  }
  page.more = in.getMore();
  return page;
}

void encode_key_page(const ApiKeyPage& page, wire::ApiKeyPage::Builder out) {
  auto keys = out.initKeys(static_cast<unsigned>(page.keys.size()));
  for (unsigned i = 0; i < keys.size(); ++i) {
    encode_key(page.keys[i], keys[i]);
  }
  out.setMore(page.more);
}

ApiKeyPage page_of(std::vector<ApiKey> keys, KeyId after, std::size_t page_size,
                   std::uint64_t words_max) {
  constexpr std::uint64_t fixed_words = 200;  // Struct, name, scopes and id.
  ApiKeyPage page;
  std::uint64_t words = 0;
  for (ApiKey& key : keys) {
    if (key.id <= after) {
      continue;
    }
    const std::size_t tenants = key.tenants ? key.tenants->size() : 0;
    words += fixed_words + tenants * capnp::sizeInWords<wire::TenantId>();
    if (page.keys.size() == page_size || (words > words_max && !page.keys.empty())) {
      page.more = true;
      break;
    }
    page.keys.push_back(std::move(key));
  }
  return page;
}

}  // namespace sluice
