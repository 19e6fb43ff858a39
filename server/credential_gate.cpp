// SPDX-License-Identifier: Apache-2.0
#include "server/credential_gate.hpp"

#include <absl/strings/string_view.h>

#include <utility>

namespace sluice {

namespace {

constexpr std::string_view scheme = "bearer ";

/// What stands behind the scheme, whose letters may be of either case.
std::optional<std::string_view> credential_in(const http::Request& request) {
  const auto said = request.header("authorization");
  if (!said || said->size() <= scheme.size()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    const char letter = (*said)[i];
    if ((letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter) !=
        scheme[i]) {
      return std::nullopt;
    }
  }
  return said->substr(scheme.size());
}

/// The peer's, without its port.
std::string_view address_of(std::string_view peer) {
  return peer.substr(0, peer.rfind(':'));
}

/// Only the tenant knows what such a member may do there.
bool has_role_there(const auth::Principal& principal) {
  return principal.kind == CallerKind::member && !principal.role;
}

PermissionSet permissions_of(const auth::Principal& principal) {
  if (principal.kind != CallerKind::member) {
    return principal.permissions;
  }
  return principal.role ? sluice::permissions_of(*principal.role) : PermissionSet{};
}

bool allows(const auth::Principal& principal, const http::Wanted& wanted,
            std::optional<TenantId> tenant) {
  if (wanted.area == http::Area::native) {
    return principal.kind != CallerKind::gateway;
  }
  if (wanted.area == http::Area::user && principal.kind == CallerKind::member) {
    return true;  // Whoever answers sees to it that he is the one.
  }
  if (has_role_there(principal)) {
    return wanted.area == http::Area::tenant && !tenant;  // Before the tenant is found.
  }
  if (!permissions_of(principal).has_all({wanted.permission})) {
    return false;
  }
  switch (wanted.area) {
    case http::Area::open:
      return true;
    case http::Area::spending:
    case http::Area::tenant:
      return !tenant || principal.covers(*tenant);
    case http::Area::native:
    case http::Area::metrics:
    case http::Area::user:
    case http::Area::platform:
      return principal.covers_all() && principal.kind == CallerKind::operator_;
  }
  return false;
}

}  // namespace

Result<Done> CredentialGate::permit(const http::Request& request, const http::Wanted& wanted,
                                    std::optional<TenantId> tenant) {
  if (wanted.area == http::Area::open) {
    return Done{};
  }
  const auto principal = principal_of(request);
  if (!principal.ok()) {
    return principal.fault();
  }
  if (!allows(*principal.value(), wanted, tenant)) {
    return denied(request.peer, *principal.value(), wanted.permission);
  }
  return Done{};
}

Fault CredentialGate::denied(const std::string& peer, const auth::Principal& principal,
                             Permission permission) const {
  observer_.access_denied(peer, principal.credential, "HTTP");
  return Fault{FaultCode::permission_denied, "this needs " + std::string{to_string(permission)} +
                                                 ", which this credential has not, or not here"};
}

void CredentialGate::permit_in(TenantId tenant, const http::Request& request,
                               const http::Wanted& wanted, std::uint16_t reactor, Permitted go_on) {
  const auto found = principal_of(request);
  if (!found.ok()) {
    return go_on(found.fault(), Refusal::foreign_tenant);
  }
  const PrincipalPtr& principal = found.value();
  if (!has_role_there(*principal)) {
    const auto why = principal->covers(tenant) ? Refusal::right_missing : Refusal::foreign_tenant;
    return allows(*principal, wanted, tenant)
               ? go_on(permissions_of(*principal), why)
               : go_on(denied(request.peer, *principal, wanted.permission), why);
  }
  roles_.find(*principal, tenant, reactor,
              [this, principal, peer = request.peer, permission = wanted.permission,
               go_on = std::move(go_on)](const Result<PermissionSet>& role) {
                // Who may do nothing there is no member of it.
                const bool is_member = role.ok() && !role.value().empty();
                go_on(role.ok() && !role.value().has(permission)
                          ? denied(peer, *principal, permission)
                          : role,
                      is_member ? Refusal::right_missing : Refusal::foreign_tenant);
              });
}

Result<Access> CredentialGate::access_of(const http::Request& request) {
  const auto principal = principal_of(request);
  if (!principal.ok()) {
    return principal.fault();
  }
  return Access{*principal.value(), request.peer};
}

Author CredentialGate::author_of(const http::Request& request) {
  const auto principal = principal_of(request);
  return auth::author_of(principal.ok() ? principal.value().get() : nullptr, request.peer);
}

Result<CredentialGate::PrincipalPtr> CredentialGate::principal_of(const http::Request& request) {
  const auto credential = credential_in(request);
  if (!credential) {
    return Fault{FaultCode::unauthenticated,
                 "Authorization: a credential is needed, as in `Bearer slk_...`"};
  }
  const std::uint64_t round = authenticator_.key_round();
  if (PrincipalPtr known = remembered(*credential, round)) {
    return known;
  }
  auto found = authenticator_.authenticate(*credential, address_of(request.peer));
  if (!found.ok()) {
    return found.fault();
  }
  auto principal = std::make_shared<const auth::Principal>(std::move(found).value());
  const std::scoped_lock lock{mutex_};
  if (remembered_.size() >= remembered_max) {
    remembered_.clear();
  }
  if (round == key_round_) {  // Otherwise the keys that it was verified with may be gone.
    remembered_.insert_or_assign(std::string{*credential}, principal);
  }
  return PrincipalPtr{std::move(principal)};
}

CredentialGate::PrincipalPtr CredentialGate::remembered(std::string_view credential,
                                                        std::uint64_t key_round) {
  const WallTime now = clock_.now().wall;
  const std::scoped_lock lock{mutex_};
  if (key_round_ < key_round) {
    key_round_ = key_round;
    remembered_.clear();
  }
  // The table knows its own views of a text only.
  const auto found = remembered_.find(absl::string_view{credential.data(), credential.size()});
  if (found == remembered_.end()) {
    return nullptr;
  }
  if (!found->second->stands(now)) {
    remembered_.erase(found);
    return nullptr;
  }
  return found->second;
}

}  // namespace sluice
