// SPDX-License-Identifier: Apache-2.0
#include "tests/support/token_smith.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <array>
#include <stdexcept>
#include <utility>
#include <vector>

namespace sluice::test {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void must(bool done) {
  if (!done) {
    throw std::runtime_error("OpenSSL refused");
  }
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

/// The numbers of the DER form, 32 bytes each.
std::string raw_ecdsa(const std::string& der) {
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* const pair = d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(der.size()));
  must(pair != nullptr);
  std::array<unsigned char, 64> raw{};
  BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw.data(), 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw.data() + 32, 32);
  ECDSA_SIG_free(pair);
  return {reinterpret_cast<const char*>(raw.data()), raw.size()};
}

std::string hmac(std::string_view secret, std::string_view text) {
  std::array<unsigned char, 32> mac{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size);
  return {reinterpret_cast<const char*>(mac.data()), size};
}

}  // namespace

std::string base64url(std::string_view text) {
  std::string out;
  std::uint32_t gathered = 0;
  int bits = 0;
  for (const char c : text) {
    gathered = (gathered << 8) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) {
      out += alphabet[(gathered >> (bits - 6)) & 63];
    }
  }
  if (bits > 0) {
    out += alphabet[(gathered << (6 - bits)) & 63];
  }
  return out;
}

std::string base64url(std::span<const std::byte> bytes) {
  return base64url(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

TokenSmith::TokenSmith(Signing signing) : signing_(signing) {
  EVP_PKEY* key = nullptr;
  switch (signing) {
    case Signing::rs256:
      key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048});
      break;
    case Signing::es256:
      key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
      break;
    case Signing::eddsa:
      key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
      break;
    case Signing::hs256:
      secret_ = "a secret of thirty-two bytes, 32";
      return;
  }
  must(key != nullptr);
  key_ = {key, EVP_PKEY_free};
}

std::string TokenSmith::algorithm() const {
  constexpr std::array names{"RS256", "ES256", "EdDSA", "HS256"};
  return names[static_cast<std::size_t>(signing_)];
}

std::string TokenSmith::public_pem() const {
  BIO* const out = BIO_new(BIO_s_mem());
  must(PEM_write_bio_PUBKEY(out, key_.get()) == 1);
  return text_of(out);
}

std::string TokenSmith::private_pem() const {
  BIO* const out = BIO_new(BIO_s_mem());
  must(PEM_write_bio_PrivateKey(out, key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return text_of(out);
}

std::string TokenSmith::number(const char* name) const {
  BIGNUM* value = nullptr;
  must(EVP_PKEY_get_bn_param(key_.get(), name, &value) == 1);
  const bool is_coordinate = signing_ == Signing::es256;
  std::vector<unsigned char> bytes(is_coordinate ? 32
                                                 : static_cast<std::size_t>(BN_num_bytes(value)));
  BN_bn2binpad(value, bytes.data(), static_cast<int>(bytes.size()));
  BN_free(value);
  return base64url(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

nlohmann::json TokenSmith::jwk(const std::string& kid) const {
  switch (signing_) {
    case Signing::rs256:
      return {{"kty", "RSA"},
              {"kid", kid},
              {"n", number(OSSL_PKEY_PARAM_RSA_N)},
              {"e", number(OSSL_PKEY_PARAM_RSA_E)}};
    case Signing::es256:
      return {{"kty", "EC"},
              {"crv", "P-256"},
              {"kid", kid},
              {"x", number(OSSL_PKEY_PARAM_EC_PUB_X)},
              {"y", number(OSSL_PKEY_PARAM_EC_PUB_Y)}};
    case Signing::eddsa: {
      std::array<unsigned char, 32> raw{};
      std::size_t size = raw.size();
      must(EVP_PKEY_get_raw_public_key(key_.get(), raw.data(), &size) == 1);
      return {{"kty", "OKP"},
              {"crv", "Ed25519"},
              {"kid", kid},
              {"x", base64url(std::string_view(reinterpret_cast<const char*>(raw.data()), size))}};
    }
    case Signing::hs256:
      return {{"kty", "oct"}, {"kid", kid}, {"k", base64url(std::string_view(secret_))}};
  }
  return {};
}

std::string TokenSmith::signature_of(std::string_view text) const {
  if (signing_ == Signing::hs256) {
    return hmac(secret_, text);
  }
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  const auto* const data = reinterpret_cast<const unsigned char*>(text.data());
  const EVP_MD* const digest = signing_ == Signing::eddsa ? nullptr : EVP_sha256();
  std::size_t size = 0;
  must(EVP_DigestSignInit(context, nullptr, digest, nullptr, key_.get()) == 1);
  must(EVP_DigestSign(context, nullptr, &size, data, text.size()) == 1);
  std::string signature(size, '\0');
  must(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size, data,
                      text.size()) == 1);
  EVP_MD_CTX_free(context);
  signature.resize(size);
  return signing_ == Signing::es256 ? raw_ecdsa(signature) : signature;
}

std::string TokenSmith::sign(const nlohmann::json& claims) const {
  return sign({{"alg", algorithm()}, {"typ", "JWT"}}, claims);
}

std::string TokenSmith::sign(const nlohmann::json& header, const nlohmann::json& claims) const {
  const std::string text =
      base64url(std::string_view(header.dump())) + '.' + base64url(std::string_view(claims.dump()));
  return text + '.' + base64url(std::string_view(signature_of(text)));
}

std::string sign_with_secret(const nlohmann::json& header, const nlohmann::json& claims,
                             std::string_view secret) {
  const std::string text =
      base64url(std::string_view(header.dump())) + '.' + base64url(std::string_view(claims.dump()));
  return text + '.' + base64url(std::string_view(hmac(secret, text)));
}

}  // namespace sluice::test
