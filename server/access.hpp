// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "actors/runtime/engine.hpp"
#include "actors/tenant/clock.hpp"
#include "protocol/transport/tls.hpp"
#include "server/auth/authenticator.hpp"
#include "server/config/config.hpp"
#include "server/rpc/service.hpp"
#include "storage/directory/data_directory.hpp"

namespace sluice {

/// What the configuration says of who may reach the server, made ready.
///
/// Errors     `invalid_argument` names the file that is of no use.

/// Without a certificate there is no context.
[[nodiscard]] Result<TlsContext> open_tls(const ServerConfig& config);
/// Nothing if no tokens are taken.
[[nodiscard]] Result<std::optional<auth::TokenSource>> open_tokens(const ServerConfig& config,
                                                                   const Clock& machine);
/// Nobody asks who callers are if the configuration says so.
[[nodiscard]] Doorkeepers doorkeepers_of(const ServerConfig& config,
                                         auth::Authenticator& authenticator,
                                         const auth::MemberRoles& member_roles);

/// Makes an operator's key and prints it, if callers have to show one and there is none at all: so
/// there is a way in, and no default secret. One that an earlier start made and may not have
/// printed is printed by this one. The engine must have started. `unavailable` if it cannot be
/// printed.
[[nodiscard]] Result<Done> give_first_key(const ServerConfig& config, Engine& engine,
                                          const DataDirectory& directory);

}  // namespace sluice
