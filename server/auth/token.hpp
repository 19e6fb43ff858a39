// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/time.hpp"
#include "server/auth/key_set.hpp"
#include "server/auth/principal.hpp"

namespace sluice::auth {

/// What a token (JWT) must say to be believed.
struct TokenRules {
  std::vector<TokenAlgorithm> algorithms;  ///< Those allowed.
  std::string issuer;
  std::string audience;
  std::chrono::seconds leeway{60};  ///< By which clocks may differ.
};

inline constexpr std::size_t token_bytes_max = 64 << 10;  ///< Room for 1000 tenants.

/// Verifies a token and says who it speaks for.
///
/// The token is a JWS in compact form. Its algorithm must be allowed, and a key bound to it must
/// verify it: the one of its `kid`, or any if either has no name. `iss`, `aud` and `exp` are
/// required, `nbf` is honoured, and whatever `crit` asks for is refused. `sub` is a member's user
/// id. The claim `sluice` is an object:
///
///   kind     "gateway", "operator" or "member"
///   tenants  a list of up to 1000 UUIDs, or "*" for all; of members a list
///   scopes   of an operator: permissions with blanks between, or `*`, or `*:read`
///   role     of a member: its role in those tenants, if the token is to say it
///
/// This is OpenSSL and a JSON parser rather than one of the JWT libraries: Debian's cpp-jwt has no
/// EdDSA, passes a token without `exp`, and reads the clock by itself.
///
/// Errors     `unauthenticated` with what is wrong; never anything of the token's own text but
///            names.
[[nodiscard]] Result<Principal> verify_token(std::string_view token, const KeySet& keys,
                                             const TokenRules& rules, WallTime now);

}  // namespace sluice::auth
