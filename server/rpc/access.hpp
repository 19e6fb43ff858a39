// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "actors/tenant/audit.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/permission.hpp"
#include "actors/tenant/time.hpp"
#include "server/auth/principal.hpp"

namespace sluice {

/// What the credential of a connection allows; asked before anything is done on it.
///
/// Role       A handle on the principal. Without one, on a server that requires no credentials,
///            everything is allowed.
/// Threading  Confined to its reactor; may be copied.
/// Ownership  Shares the principal.
/// Errors     Refusals as faults, `unauthenticated` and `permission_denied`.
/// Cost       A branch or two; for a list of tenants a lookup each.
class Access {
public:
  Access() = default;
  /// Of those who show no credential, because none is asked for.
  explicit Access(std::string_view address)
      : author_(std::make_shared<const Author>(auth::author_of(nullptr, address))) {}
  Access(auth::Principal principal, std::string_view address)
      : principal_(std::make_shared<const auth::Principal>(std::move(principal))),
        author_(std::make_shared<const Author>(auth::author_of(principal_.get(), address))) {}

  /// Null: everything is allowed.
  [[nodiscard]] const auth::Principal* principal() const { return principal_.get(); }
  /// Whom the audit names for what is done here.
  [[nodiscard]] Author author() const { return author_ ? *author_ : anonymous_author(""); }
  /// Whether the credential is still good.
  [[nodiscard]] bool stands(WallTime now) const {
    return principal_ == nullptr || principal_->stands(now);
  }
  [[nodiscard]] bool covers_all() const {
    return principal_ == nullptr || principal_->covers_all();
  }
  [[nodiscard]] bool covers(TenantId tenant) const {
    return principal_ == nullptr || principal_->covers(tenant);
  }
  /// Whether the credential itself has these; a member has none but by its role in a tenant.
  [[nodiscard]] bool has(PermissionSet permissions) const {
    return principal_ == nullptr || principal_->permissions.has_all(permissions);
  }
  [[nodiscard]] bool is_member() const {
    return principal_ != nullptr && principal_->kind == CallerKind::member;
  }
  [[nodiscard]] bool may_spend() const { return has({Permission::checks_write}); }
  /// Who is none has no capability for what only operators do, whatever it is called on.
  [[nodiscard]] bool is_operator() const {
    return principal_ == nullptr || principal_->kind == CallerKind::operator_;
  }
  [[nodiscard]] bool may_manage() const {
    return principal_ == nullptr || principal_->kind != CallerKind::gateway;
  }

private:
  std::shared_ptr<const auth::Principal> principal_;
  std::shared_ptr<const Author> author_;
};

[[nodiscard]] inline Fault no_longer_good() {
  return {FaultCode::unauthenticated, "the credential has expired or was revoked"};
}

}  // namespace sluice
