// SPDX-License-Identifier: Apache-2.0
#include "server/auth/token.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "actors/tenant/text.hpp"
#include "server/auth/base64url.hpp"

namespace sluice::auth {

namespace {

using Json = nlohmann::json;

constexpr std::size_t user_characters_max = 255;
constexpr std::size_t depth_max = 16;

Fault refused(std::string why) {
  return Fault{FaultCode::unauthenticated, "the token is refused: " + std::move(why)};
}

/// Header, claims, signature; nothing if there are not just three parts.
std::optional<std::array<std::string_view, 3>> parts_of(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  return std::array{token.substr(0, first), token.substr(first + 1, second - first - 1),
                    token.substr(second + 1)};
}

/// An object in which no name stands twice, so that nobody reads it otherwise than we do.
std::optional<Json> object_of(std::string_view part) {
  const auto bytes = decode_base64url(part);
  if (!bytes) {
    return std::nullopt;
  }
  std::vector<std::vector<std::string>> names;
  bool fine = true;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
    fine = fine && static_cast<std::size_t>(depth) <= depth_max;
    if (event == Json::parse_event_t::object_start) {
      names.emplace_back();
    } else if (event == Json::parse_event_t::object_end) {
      names.pop_back();
    } else if (event == Json::parse_event_t::key) {
      auto& known = names.back();
      const auto& name = value.get_ref<const std::string&>();
      fine = fine && std::ranges::find(known, name) == known.end();
      known.push_back(name);
    }
    return true;
  };
  const auto* const text = reinterpret_cast<const char*>(bytes->data());
  Json object = Json::parse(text, text + bytes->size(), watch, false);
  return fine && object.is_object() ? std::optional(std::move(object)) : std::nullopt;
}

std::optional<std::string> text_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? std::optional(found->get<std::string>())
                                                     : std::nullopt;
}

/// A NumericDate; nothing if it is no number or too far away for a `WallTime`.
std::optional<WallTime> time_in(const Json& claims, const char* name) {
  constexpr double seconds_max = 9'000'000'000;
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) {
    return std::nullopt;
  }
  const double seconds = found->get<double>();
  if (!(std::abs(seconds) <= seconds_max)) {
    return std::nullopt;
  }
  return WallTime{std::chrono::seconds{static_cast<std::int64_t>(std::floor(seconds))}};
}

/// Whether the signature is by a key for the algorithm that the header names.
std::optional<Fault> objection_to_signature(const Json& header, std::string_view signed_text,
                                            std::string_view signature, const KeySet& keys,
                                            const TokenRules& rules) {
  const auto named = text_in(header, "alg");
  const auto algorithm = named ? parse_token_algorithm(*named) : std::nullopt;
  if (!algorithm || std::ranges::find(rules.algorithms, *algorithm) == rules.algorithms.end()) {
    return refused("alg is none of those allowed");
  }
  if (header.contains("crit")) {
    return refused("crit asks for what is not known here");
  }
  const auto bytes = decode_base64url(signature);
  const auto id = text_in(header, "kid");
  const bool verified =
      bytes && std::ranges::any_of(keys, [&](const VerificationKey& key) {
        const bool named_so = !id || key.id().empty() || key.id() == *id;
        return key.algorithm() == *algorithm && named_so && key.verifies(signed_text, *bytes);
      });
  return verified ? std::nullopt : std::optional(refused("no key verifies its signature"));
}

bool is_for(const Json& claims, const std::string& audience) {
  const auto found = claims.find("aud");
  if (found == claims.end()) {
    return false;
  }
  return *found == audience ||
         (found->is_array() && std::ranges::find(*found, Json(audience)) != found->end());
}

/// When it expires, if it is of our issuer, for us, and good now.
Result<WallTime> validity_of(const Json& claims, const TokenRules& rules, WallTime now) {
  if (text_in(claims, "iss") != rules.issuer) {
    return refused("iss is not the issuer");
  }
  if (!is_for(claims, rules.audience)) {
    return refused("aud does not name this service");
  }
  const auto expires = time_in(claims, "exp");
  if (!expires) {
    return refused("exp is required");
  }
  const WallTime until = *expires + rules.leeway;
  if (now >= until) {
    return refused("it has expired");
  }
  const auto not_before = time_in(claims, "nbf");
  if (claims.contains("nbf") && (!not_before || now < *not_before - rules.leeway)) {
    return refused("nbf: it is not good yet");
  }
  return until;
}

/// Reads `tenants`; false if it cannot be.
bool read_tenants(const Json& claim, Principal& principal) {
  const auto found = claim.find("tenants");
  if (found != claim.end() && *found == "*") {
    return true;
  }
  if (found == claim.end() || !found->is_array() || found->size() > covered_tenants_max) {
    return false;
  }
  std::vector<TenantId> tenants;
  for (const Json& item : *found) {
    const auto id =
        item.is_string() ? parse_tenant_id(item.get_ref<const std::string&>()) : std::nullopt;
    if (!id) {
      return false;
    }
    tenants.push_back(*id);
  }
  principal.tenants = TenantSet{tenants};
  return true;
}

std::optional<Fault> read_member(const Json& claims, const Json& claim, Principal& principal) {
  const auto user = text_in(claims, "sub");
  if (!user || object_to_prose(*user, user_characters_max)) {
    return refused("sub is to be a member's user id, of 1 to 255 characters");
  }
  if (principal.covers_all()) {
    return refused("sluice.tenants of a member is a list");
  }
  principal.user = *user;
  if (!claim.contains("role")) {
    return std::nullopt;
  }
  const auto role = text_in(claim, "role");
  principal.role = role ? parse_role(*role) : std::nullopt;
  return principal.role ? std::nullopt : std::optional(refused("sluice.role is no role"));
}

std::optional<Fault> read_operator(const Json& claim, Principal& principal) {
  const auto scopes = text_in(claim, "scopes");
  const auto permissions = scopes ? parse_permissions(*scopes) : Result(PermissionSet{});
  if (!permissions.ok() || permissions.value().empty()) {
    return refused("sluice.scopes of an operator are to be permissions");
  }
  principal.permissions = permissions.value();
  return std::nullopt;
}

Result<Principal> principal_of(const Json& claims) {
  const auto found = claims.find("sluice");
  if (found == claims.end() || !found->is_object()) {
    return refused("it has no claim sluice");
  }
  const auto kind_name = text_in(*found, "kind");
  const auto kind = kind_name ? parse_caller_kind(*kind_name) : std::nullopt;
  Principal principal;
  if (!kind || !read_tenants(*found, principal)) {
    return refused(kind ? "sluice.tenants is to be a list of UUIDs, or \"*\""
                        : "sluice.kind is to be gateway, operator or member");
  }
  principal.kind = *kind;
  std::optional<Fault> fault;
  switch (*kind) {
    case CallerKind::gateway:
      principal.permissions = PermissionSet{Permission::checks_write};
      break;
    case CallerKind::operator_:
      fault = read_operator(*found, principal);
      break;
    case CallerKind::member:
      fault = read_member(claims, *found, principal);
      break;
  }
  if (fault) {
    return *fault;
  }
  const std::string subject = text_in(claims, "sub").value_or("");
  const std::string holder = text_in(claims, "jti").value_or(subject);
  principal.credential = "token:" + holder.substr(0, user_characters_max);
  principal.name = text_in(claims, "name").value_or(subject).substr(0, user_characters_max);
  return principal;
}

}  // namespace

Result<Principal> verify_token(std::string_view token, const KeySet& keys, const TokenRules& rules,
                               WallTime now) {
  if (token.size() > token_bytes_max) {
    return refused("it is longer than " + std::to_string(token_bytes_max) + " bytes");
  }
  const auto parts = parts_of(token);
  const auto header = parts ? object_of((*parts)[0]) : std::nullopt;
  if (!header) {
    return refused("it is malformed");
  }
  const std::string_view signed_text = token.substr(0, token.rfind('.'));
  if (const auto fault = objection_to_signature(*header, signed_text, (*parts)[2], keys, rules)) {
    return *fault;
  }
  const auto claims = object_of((*parts)[1]);
  if (!claims) {
    return refused("its claims are malformed");
  }
  const auto until = validity_of(*claims, rules, now);
  if (!until.ok()) {
    return until.fault();
  }
  auto principal = principal_of(*claims);
  if (principal.ok()) {
    principal.value().expires_at = until.value();
  }
  return principal;
}

}  // namespace sluice::auth
