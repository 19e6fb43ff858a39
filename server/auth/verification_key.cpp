// SPDX-License-Identifier: Apache-2.0
#include "server/auth/verification_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::auth {

namespace {

constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 8192;
constexpr std::size_t p256_bytes = 32;
constexpr std::size_t secret_bytes_min = 32;
constexpr std::size_t secret_bytes_max = 1024;

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Deleter<Free>>;

Fault unfit(std::string what) {
  return Fault{FaultCode::invalid_argument, std::move(what)};
}

const unsigned char* raw(Bytes bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

bool is_p256(const EVP_PKEY* key) {
  std::array<char, 64> name{};
  std::size_t size = 0;
  return EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name.data(), name.size(),
                                        &size) == 1 &&
         std::string_view(name.data(), size) == SN_X9_62_prime256v1;
}

/// From the two numbers of a token to the form that OpenSSL reads; empty if it is none.
std::vector<unsigned char> der_of_ecdsa(Bytes signature) {
  if (signature.size() != 2 * p256_bytes) {
    return {};
  }
  const Owned<ECDSA_SIG, ECDSA_SIG_free> pair{ECDSA_SIG_new()};
  BIGNUM* const r = BN_bin2bn(raw(signature), p256_bytes, nullptr);
  BIGNUM* const s = BN_bin2bn(raw(signature) + p256_bytes, p256_bytes, nullptr);
  SLUICE_INVARIANT(pair != nullptr && ECDSA_SIG_set0(pair.get(), r, s) == 1);
  const int size = i2d_ECDSA_SIG(pair.get(), nullptr);
  std::vector<unsigned char> der(static_cast<std::size_t>(std::max(size, 0)));
  unsigned char* end = der.data();
  SLUICE_INVARIANT(i2d_ECDSA_SIG(pair.get(), &end) == size);
  return der;
}

bool verifies_with(EVP_PKEY* key, const EVP_MD* digest, std::string_view text,
                   const unsigned char* signature, std::size_t size) {
  const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context{EVP_MD_CTX_new()};
  return context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), signature, size,
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

bool verifies_hmac(Bytes secret, std::string_view text, Bytes signature) {
  std::array<std::byte, 32> expected{};
  unsigned size = 0;
  SLUICE_INVARIANT(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                        reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                        reinterpret_cast<unsigned char*>(expected.data()), &size) != nullptr);
  return equal_in_constant_time(expected, signature);
}

/// The key of this type that the parameters describe, or null.
std::shared_ptr<EVP_PKEY> build(const char* type, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM, OSSL_PARAM_free> parameters{OSSL_PARAM_BLD_to_param(builder)};
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context{
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
  EVP_PKEY* key = nullptr;
  if (parameters == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return {key, EVP_PKEY_free};
}

}  // namespace

std::string_view to_string(TokenAlgorithm algorithm) {
  switch (algorithm) {
    case TokenAlgorithm::rs256:
      return "RS256";
    case TokenAlgorithm::es256:
      return "ES256";
    case TokenAlgorithm::eddsa:
      return "EdDSA";
    case TokenAlgorithm::hs256:
      return "HS256";
  }
  return "unknown";
}

std::optional<TokenAlgorithm> parse_token_algorithm(std::string_view text) {
  for (const TokenAlgorithm algorithm : {TokenAlgorithm::rs256, TokenAlgorithm::es256,
                                         TokenAlgorithm::eddsa, TokenAlgorithm::hs256}) {
    if (text == to_string(algorithm)) {
      return algorithm;
    }
  }
  return std::nullopt;
}

Result<VerificationKey> VerificationKey::from_public(std::shared_ptr<EVP_PKEY> key,
                                                     std::string id) {
  if (key == nullptr) {
    return unfit("the numbers are no key");
  }
  std::optional<TokenAlgorithm> algorithm;
  if (EVP_PKEY_is_a(key.get(), "RSA") == 1) {
    const int bits = EVP_PKEY_get_bits(key.get());
    if (bits < rsa_bits_min || bits > rsa_bits_max) {
      return unfit("an RSA key has 2048 to 8192 bits, not " + std::to_string(bits));
    }
    algorithm = TokenAlgorithm::rs256;
  } else if (EVP_PKEY_is_a(key.get(), "EC") == 1 && is_p256(key.get())) {
    algorithm = TokenAlgorithm::es256;
  } else if (EVP_PKEY_is_a(key.get(), "ED25519") == 1) {
    algorithm = TokenAlgorithm::eddsa;
  } else {
    return unfit("a key is RSA, on the curve P-256, or Ed25519");
  }
  VerificationKey made{*algorithm, std::move(id)};
  made.key_ = std::move(key);
  return made;
}

Result<VerificationKey> VerificationKey::from_rsa(Bytes modulus, Bytes exponent, std::string id) {
  const Owned<BIGNUM, BN_free> n{
      BN_bin2bn(raw(modulus), static_cast<int>(modulus.size()), nullptr)};
  const Owned<BIGNUM, BN_free> e{
      BN_bin2bn(raw(exponent), static_cast<int>(exponent.size()), nullptr)};
  const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder{OSSL_PARAM_BLD_new()};
  if (n == nullptr || e == nullptr || builder == nullptr || BN_num_bits(e.get()) > 64 ||
      BN_is_odd(e.get()) == 0 || BN_is_one(e.get()) == 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return unfit("the numbers are no key");
  }
  return from_public(build("RSA", builder.get()), std::move(id));
}

Result<VerificationKey> VerificationKey::from_p256(Bytes x, Bytes y, std::string id) {
  if (x.size() != p256_bytes || y.size() != p256_bytes) {
    return unfit("a point of P-256 is two numbers of 32 bytes");
  }
  std::array<unsigned char, 1 + 2 * p256_bytes> point{4};  // Uncompressed.
  std::copy_n(raw(x), p256_bytes, point.begin() + 1);
  std::copy_n(raw(y), p256_bytes, point.begin() + 1 + p256_bytes);
  const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder{OSSL_PARAM_BLD_new()};
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                      SN_X9_62_prime256v1, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return unfit("the numbers are no key");
  }
  return from_public(build("EC", builder.get()), std::move(id));
}

Result<VerificationKey> VerificationKey::from_ed25519(Bytes key, std::string id) {
  return from_public(
      {EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(key), key.size()), EVP_PKEY_free},
      std::move(id));
}

Result<VerificationKey> VerificationKey::from_secret(std::vector<std::byte> secret,
                                                     std::string id) {
  if (secret.size() < secret_bytes_min || secret.size() > secret_bytes_max) {
    return unfit("a secret has 32 to 1024 bytes, not " + std::to_string(secret.size()));
  }
  VerificationKey made{TokenAlgorithm::hs256, std::move(id)};
  made.secret_ = std::move(secret);
  return made;
}

bool VerificationKey::verifies(std::string_view text, Bytes signature) const {
  switch (algorithm_) {
    case TokenAlgorithm::rs256:
      return verifies_with(key_.get(), EVP_sha256(), text, raw(signature), signature.size());
    case TokenAlgorithm::es256: {
      const auto der = der_of_ecdsa(signature);
      return !der.empty() && verifies_with(key_.get(), EVP_sha256(), text, der.data(), der.size());
    }
    case TokenAlgorithm::eddsa:
      return verifies_with(key_.get(), nullptr, text, raw(signature), signature.size());
    case TokenAlgorithm::hs256:
      return verifies_hmac(secret_, text, signature);
  }
  return false;
}

}  // namespace sluice::auth
