// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/tenant/api_key.hpp"

namespace sluice::auth {

/// The text of an API key, which only its holder has: `slk_<id>_<secret><checksum>`, all
/// hexadecimal. The prefix lets scanners find one that leaked; the checksum (the first 32 bits of
/// the SHA-256 of all before it) tells a mistyped key from a wrong one without asking anybody.
///
/// The server keeps SHA-256 of the secret. A slow hash would protect secrets that people choose; of
/// 256 random bits none can be guessed, however fast the hash is.
inline constexpr std::string_view api_key_prefix = "slk_";

/// A key that is new: what the server keeps of it, and the text that is shown once.
struct MintedKey {
  KeyId id;
  SecretHash hash{};
  std::string text;
};
[[nodiscard]] MintedKey mint_api_key();

/// What a caller showed.
struct PresentedKey {
  KeyId id;
  SecretHash hash{};
};
/// Nothing if the text is not whole.
[[nodiscard]] std::optional<PresentedKey> read_api_key(std::string_view text);

}  // namespace sluice::auth
