// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "server/auth/crypto.hpp"

namespace sluice::auth {

/// How a token may be signed.
enum class TokenAlgorithm : std::uint8_t { rs256, es256, eddsa, hs256 };
[[nodiscard]] std::string_view to_string(TokenAlgorithm algorithm);
[[nodiscard]] std::optional<TokenAlgorithm> parse_token_algorithm(std::string_view text);

/// A key that tokens are verified with, and the only algorithm that it is for: what a token says of
/// its algorithm can choose among keys, but never make another use of one.
///
/// Threading  Immutable; any thread.
/// Ownership  Owns, and shares with its copies, the key.
/// Errors     Making one: `invalid_argument` with what is wrong with the key.
/// Cost       `verifies` is a signature check: 20 to 150 us, of HS256 2 us.
class VerificationKey {
public:
  /// An RSA key of 2048 to 8192 bits, one on the curve P-256, or an Ed25519 key.
  [[nodiscard]] static Result<VerificationKey> from_public(std::shared_ptr<EVP_PKEY> key,
                                                           std::string id);
  /// Big-endian numbers.
  [[nodiscard]] static Result<VerificationKey> from_rsa(Bytes modulus, Bytes exponent,
                                                        std::string id);
  /// A point of P-256: two numbers of 32 bytes.
  [[nodiscard]] static Result<VerificationKey> from_p256(Bytes x, Bytes y, std::string id);
  [[nodiscard]] static Result<VerificationKey> from_ed25519(Bytes key, std::string id);
  /// Of HS256: 32 to 1024 bytes.
  [[nodiscard]] static Result<VerificationKey> from_secret(std::vector<std::byte> secret,
                                                           std::string id);

  [[nodiscard]] TokenAlgorithm algorithm() const { return algorithm_; }
  /// The key's name (`kid`); empty if it has none.
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] bool verifies(std::string_view text, Bytes signature) const;

private:
  VerificationKey(TokenAlgorithm algorithm, std::string id)
      : algorithm_(algorithm), id_(std::move(id)) {}

  TokenAlgorithm algorithm_;
  std::string id_;
  std::shared_ptr<EVP_PKEY> key_;  ///< Of all but HS256.
  std::vector<std::byte> secret_;  ///< Of HS256.
};

}  // namespace sluice::auth
