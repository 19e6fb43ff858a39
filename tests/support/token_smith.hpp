// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

namespace sluice::test {

enum class Signing : std::uint8_t { rs256, es256, eddsa, hs256 };

[[nodiscard]] std::string base64url(std::span<const std::byte> bytes);
[[nodiscard]] std::string base64url(std::string_view text);

/// An issuer of tokens with a key of its own.
class TokenSmith {
public:
  explicit TokenSmith(Signing signing);

  /// The algorithm's name in a header.
  [[nodiscard]] std::string algorithm() const;
  /// Not of HS256.
  [[nodiscard]] std::string public_pem() const;
  [[nodiscard]] std::string private_pem() const;
  /// The key with this `kid`; of HS256 the secret.
  [[nodiscard]] nlohmann::json jwk(const std::string& kid) const;

  /// A token with these claims; the header names the algorithm.
  [[nodiscard]] std::string sign(const nlohmann::json& claims) const;
  [[nodiscard]] std::string sign(const nlohmann::json& header, const nlohmann::json& claims) const;

private:
  [[nodiscard]] std::string signature_of(std::string_view text) const;
  [[nodiscard]] std::string number(const char* name) const;

  Signing signing_;
  std::shared_ptr<EVP_PKEY> key_;
  std::string secret_;
};

/// HS256 under any bytes.
[[nodiscard]] std::string sign_with_secret(const nlohmann::json& header,
                                           const nlohmann::json& claims, std::string_view secret);

}  // namespace sluice::test
