// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "server/auth/verification_key.hpp"

namespace sluice::auth {

/// At most `key_set_keys_max`, at least one.
using KeySet = std::vector<VerificationKey>;
inline constexpr std::size_t key_set_keys_max = 64;
inline constexpr std::size_t key_set_bytes_max = 256 << 10;

/// Reads public keys in PEM (`BEGIN PUBLIC KEY`), or a JWKS (RFC 7517), which begins with a brace.
/// What a key is for follows from what it is; an `alg` that says otherwise is an error, and so is a
/// private key. Keys of a JWKS that are of another kind, or for another use, are passed over. A
/// secret for HS256 stands only in a JWKS, as `oct`.
///
/// Errors     `invalid_argument` with what is wrong, and with which key.
[[nodiscard]] Result<KeySet> read_key_set(std::string_view text);

}  // namespace sluice::auth
