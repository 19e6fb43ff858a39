// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::auth {

/// Base64url without padding (RFC 7515). Only the one spelling that an encoder writes is read.
[[nodiscard]] std::optional<std::vector<std::byte>> decode_base64url(std::string_view text);

}  // namespace sluice::auth
