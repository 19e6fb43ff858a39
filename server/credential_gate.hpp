// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "actors/tenant/clock.hpp"
#include "server/auth/authenticator.hpp"
#include "server/auth/principal.hpp"
#include "server/http/authorize.hpp"
#include "server/rpc/rpc_observer.hpp"

namespace sluice {

/// Lets a request of HTTP through as far as its credential goes: an API key or a token, shown as
/// `Authorization: Bearer ...`. The rules are those of the native interface.
///
/// Role       The gate of `http::Server` where callers have to show who they are.
/// Threading  Any reactor's thread; locks for a look-up.
/// Ownership  Borrows all that it is given.
/// Errors     `unauthenticated` and `permission_denied`. Whether there is a tenant that the
///            credential does not cover is not told.
/// Cost       A look-up for each request: the latest `remembered_max` credentials are remembered,
///            and asked each time whether they are still good. They are forgotten when the keys of
///            tokens change.
class CredentialGate final : public http::Authorize {
public:
  static constexpr std::size_t remembered_max = 1024;

  CredentialGate(auth::Authenticator& authenticator, const auth::MemberRoles& member_roles,
                 const Clock& clock, RpcObserver& observer)
      : authenticator_(authenticator), roles_(member_roles), clock_(clock), observer_(observer) {}

  [[nodiscard]] Result<Done> permit(const http::Request& request, const http::Wanted& wanted,
                                    std::optional<TenantId> tenant) override;
  void permit_in(TenantId tenant, const http::Request& request, const http::Wanted& wanted,
                 std::uint16_t reactor, Permitted go_on) override;
  [[nodiscard]] Result<Access> access_of(const http::Request& request) override;
  [[nodiscard]] Author author_of(const http::Request& request) override;

private:
  using PrincipalPtr = std::shared_ptr<const auth::Principal>;

  [[nodiscard]] Result<PrincipalPtr> principal_of(const http::Request& request);
  [[nodiscard]] PrincipalPtr remembered(std::string_view credential, std::uint64_t key_round);
  [[nodiscard]] Fault denied(const std::string& peer, const auth::Principal& principal,
                             Permission permission) const;

  auth::Authenticator& authenticator_;
  const auth::MemberRoles& roles_;
  const Clock& clock_;
  RpcObserver& observer_;
  std::mutex mutex_;
  absl::flat_hash_map<std::string, PrincipalPtr> remembered_;
  std::uint64_t key_round_ = 0;  ///< In which they were found good.
};

}  // namespace sluice
