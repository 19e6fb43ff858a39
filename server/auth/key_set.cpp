// SPDX-License-Identifier: Apache-2.0
#include "server/auth/key_set.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "server/auth/base64url.hpp"

namespace sluice::auth {

namespace {

using Json = nlohmann::json;

constexpr std::size_t key_id_bytes_max = 256;

Fault wrong(const std::string& what) {
  return Fault{FaultCode::invalid_argument, what};
}

Result<KeySet> read_pem(std::string_view text) {
  if (text.find("PRIVATE KEY") != std::string_view::npos) {
    return wrong("there is a private key in it; only public keys belong here");
  }
  constexpr std::string_view head = "-----BEGIN PUBLIC KEY-----";
  constexpr std::string_view foot = "-----END PUBLIC KEY-----";
  KeySet keys;
  for (std::size_t at = text.find(head); at != std::string_view::npos; at = text.find(head, at)) {
    const std::string which = "key " + std::to_string(keys.size() + 1);
    const std::size_t end = text.find(foot, at);
    const auto size = static_cast<int>(std::min(end, text.size() - foot.size()) - at + foot.size());
    const std::unique_ptr<BIO, decltype(&BIO_free)> source{BIO_new_mem_buf(text.data() + at, size),
                                                           &BIO_free};
    EVP_PKEY* const read = PEM_read_bio_PUBKEY(source.get(), nullptr, nullptr, nullptr);
    ERR_clear_error();
    if (read == nullptr || end == std::string_view::npos) {
      EVP_PKEY_free(read);
      return wrong(which + " cannot be read");
    }
    auto key = VerificationKey::from_public({read, EVP_PKEY_free}, {});
    if (!key.ok()) {
      return wrong(which + ": " + key.fault().context);
    }
    keys.push_back(std::move(key).value());
    at = end;
  }
  return keys;
}

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::optional<std::vector<std::byte>> bytes_of(const Json& object, const char* name) {
  return decode_base64url(text_of(object, name));
}

/// One key of a JWKS; nothing if it is of a kind that is not for us.
std::optional<Result<VerificationKey>> read_jwk(const Json& jwk) {
  const std::string type = text_of(jwk, "kty");
  const std::string curve = text_of(jwk, "crv");
  std::string id = text_of(jwk, "kid");
  const auto one = [&](const char* name) {
    return bytes_of(jwk, name).value_or(std::vector<std::byte>{});
  };
  if (id.size() > key_id_bytes_max) {
    return wrong("its kid is longer than " + std::to_string(key_id_bytes_max) + " bytes");
  }
  if (jwk.contains("d") && type != "oct") {
    return wrong("it is a private key; only public keys belong here");
  }
  if (type == "RSA") {
    return VerificationKey::from_rsa(one("n"), one("e"), std::move(id));
  }
  if (type == "EC" && curve == "P-256") {
    return VerificationKey::from_p256(one("x"), one("y"), std::move(id));
  }
  if (type == "OKP" && curve == "Ed25519") {
    return VerificationKey::from_ed25519(one("x"), std::move(id));
  }
  if (type == "oct") {
    return VerificationKey::from_secret(one("k"), std::move(id));
  }
  return std::nullopt;
}

Result<KeySet> read_jwks(std::string_view text) {
  const Json document = Json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("keys") || !document["keys"].is_array()) {
    return wrong("it is neither PEM nor a JSON object with a list \"keys\"");
  }
  KeySet keys;
  std::size_t number = 0;
  for (const Json& jwk : document["keys"]) {
    const std::string which = "key " + std::to_string(++number) + ": ";
    if (!jwk.is_object()) {
      return wrong(which + "it is no object");
    }
    const std::string use = text_of(jwk, "use");
    auto key = use.empty() || use == "sig" ? read_jwk(jwk) : std::nullopt;
    if (!key) {
      continue;
    }
    if (!key->ok()) {
      return wrong(which + key->fault().context);
    }
    const std::string algorithm = text_of(jwk, "alg");
    if (!algorithm.empty() && algorithm != to_string(key->value().algorithm())) {
      return wrong(which + "it is for " + std::string{to_string(key->value().algorithm())} +
                   ", not for " + algorithm.substr(0, 32));
    }
    keys.push_back(std::move(*key).value());
  }
  return keys;
}

}  // namespace

Result<KeySet> read_key_set(std::string_view text) {
  if (text.size() > key_set_bytes_max) {
    return wrong("it is larger than " + std::to_string(key_set_bytes_max) + " bytes");
  }
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  const bool is_json = begin != std::string_view::npos && text[begin] == '{';
  auto keys = is_json ? read_jwks(text) : read_pem(text);
  if (keys.ok() && keys.value().empty()) {
    return wrong("there is no key in it that tokens could be verified with");
  }
  if (keys.ok() && keys.value().size() > key_set_keys_max) {
    return wrong("there are more than " + std::to_string(key_set_keys_max) + " keys in it");
  }
  return keys;
}

}  // namespace sluice::auth
